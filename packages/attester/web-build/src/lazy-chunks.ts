/** What Rollup and Rolldown report about a file that they have written, as far as needed here. */
type WrittenFile =
  { type: 'asset' } | { type: 'chunk'; fileName: string; isEntry: boolean; imports: readonly string[] }

/** Names of the chunks that no entry imports statically: pages load them later, as modules, or not at all. */
export function lazyChunks(bundle: Readonly<Record<string, WrittenFile>>): string[] {
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const open = chunks.filter(({ isEntry }) => isEntry)
  const early = new Set(open)
  for (let chunk = open.pop(); chunk !== undefined; chunk = open.pop()) {
    for (const name of chunk.imports) {
      const imported = byName.get(name)
      if (imported === undefined || early.has(imported)) continue
      early.add(imported)
      open.push(imported)
    }
  }
  return chunks.filter((chunk) => !early.has(chunk)).map(({ fileName }) => fileName)
}
