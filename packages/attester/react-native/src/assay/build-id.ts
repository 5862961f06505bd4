declare global {
  /** Written by `@assay/react-native/metro`. */
  var __ASSAY_BUILD__: string | undefined
}

/**
 * Id of the build that this bundle belongs to. An update over the air has another id than the app that loads it, and
 * only the bundle itself knows it.
 */
export function buildOfBundle(): string | undefined {
  return /^assay:build:([\w.+-]{1,128});$/.exec(globalThis.__ASSAY_BUILD__ ?? '')?.[1]
}
