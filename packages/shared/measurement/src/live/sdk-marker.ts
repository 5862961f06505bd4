/** Starts the text by which the SDK is found in code of any kind: scripts, bytecode, dex, Mach-O, ELF. */
export const sdkMarkerPrefix = 'assay:sdk:'

/**
 * The text that an SDK holds to be found, for `sdk` as `name/version`. It ends with a character that no version has, since
 * compiled code packs its texts without anything between them. An SDK uses it where no optimiser leaves it out, and writes
 * it as one literal of more than 15 bytes: Swift keeps shorter ones as numbers within its instructions.
 */
export function sdkMarker(sdk: string): string {
  return `${sdkMarkerPrefix}${sdk};`
}

const marker = /^assay:sdk:(assay-[a-z]{1,16}\/\d{1,5}\.\d{1,5}\.\d{1,5}(?:[-+][0-9A-Za-z.-]{1,16})?);/
/** Characters of a marker, at most. */
export const longestSdkMarker = 68

/** The SDK that a text names which begins with a marker, as `name/version`; `undefined` where it begins with none. */
export function readSdkMarker(text: string): string | undefined {
  return marker.exec(text)?.[1]
}
