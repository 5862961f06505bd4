/** The start of the text by which the SDK is found in code of any kind: scripts, bytecode, dex, Mach-O, ELF. */
export const sdkMarkerPrefix = 'assay:sdk:'

/**
 * The text by which an SDK can be found, for `sdk` as `name/version`. It ends with a character that no version has,
 * since compiled code packs its strings without separators. An SDK uses it where no optimiser removes it, and writes it
 * as one literal of more than 15 bytes: Swift stores shorter ones as numbers in its instructions.
 */
export function sdkMarker(sdk: string): string {
  return `${sdkMarkerPrefix}${sdk};`
}

const marker = /^assay:sdk:(assay-[a-z]{1,16}\/\d{1,5}\.\d{1,5}\.\d{1,5}(?:[-+][0-9A-Za-z.-]{1,16})?);/
/** Maximum characters of a marker. */
export const longestSdkMarker = 68

/** The SDK named by the marker at the start of a text, as `name/version`; `undefined` if there is none. */
export function readSdkMarker(text: string): string | undefined {
  return marker.exec(text)?.[1]
}
