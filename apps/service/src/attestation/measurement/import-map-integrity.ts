/** The versions from which on engines hold modules to `integrity` in import maps. */
const since: readonly (readonly [name: RegExp, version: number])[] = [
  [/ Chrome\/(\d{1,4})\./, 127],
  [/ Firefox\/(\d{1,4})\./, 138],
  [/ Version\/(\d{1,4})\.[\d.]+ (?:Mobile\/\w+ )?Safari\//, 18],
]

/**
 * Whether a browser is one that holds modules to the digests in an import map, as far as its `User-Agent` says so: pages
 * cannot ask for it otherwise. Whatever is not known counts as one that does not.
 */
export function knowsPins(userAgent: string): boolean {
  return since.some(([name, version]) => Number(name.exec(userAgent)?.[1]) >= version)
}
