/** The first versions of engines that enforce `integrity` in import maps for modules. */
const since: readonly (readonly [name: RegExp, version: number])[] = [
  [/ Chrome\/(\d{1,4})\./, 127],
  [/ Firefox\/(\d{1,4})\./, 138],
  [/ Version\/(\d{1,4})\.[\d.]+ (?:Mobile\/\w+ )?Safari\//, 18],
]

/**
 * Whether a browser enforces the digests in an import map for modules, according to its `User-Agent`: pages have no
 * other way to find out. An unknown browser counts as one that does not.
 */
export function knowsPins(userAgent: string): boolean {
  return since.some(([name, version]) => Number(name.exec(userAgent)?.[1]) >= version)
}
