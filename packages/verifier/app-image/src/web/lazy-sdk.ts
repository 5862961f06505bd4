/**
 * What stands in each script of the SDK, whatever a minifier makes of the rest: the marker of a function that plans may
 * ask to show, its own marker, or its version in quotes.
 */
const signs = [/assay:(?:live|sdk):[a-z]/, /["'`]assay-js\/\d{1,5}\.\d{1,5}\.\d{1,5}/] as const

/** Whether a script holds the SDK or a part of it. */
export function holdsSdk(script: Uint8Array): boolean {
  const text = Buffer.from(script.buffer, script.byteOffset, script.length).toString('latin1')
  return signs.some((sign) => sign.test(text))
}
