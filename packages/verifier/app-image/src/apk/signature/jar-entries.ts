import { createHash } from 'node:crypto'
import type { Archive, ZipEntry } from '../../zip/archive.ts'
import { readContent, streamContent } from '../../zip/entry-content.ts'
import type { JarEntry } from '../jar-signature/index.ts'

/** Entries up to this many bytes are inflated when asked for; larger ones are digested beforehand, in chunks. */
const largest = 8 * 1024 * 1024
/** The digests that a JAR manifest may name. */
const digestNames = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const

/** Every entry that is not a folder. */
export async function jarEntries(archive: Archive): Promise<Map<string, JarEntry>> {
  const entries = new Map<string, JarEntry>()
  for (const entry of archive.entries.values()) {
    if (entry.name.endsWith('/')) continue
    entries.set(
      entry.name,
      entry.length > largest ? await largeEntry(archive, entry) : smallEntry(archive, entry),
    )
  }
  return entries
}

function smallEntry(archive: Archive, entry: ZipEntry): JarEntry {
  const read = (): Buffer => readContent(archive.source, entry, largest)
  return {
    readContent: read,
    digestContent(algorithms) {
      const content = read()
      return new Map(algorithms.map((name) => [name, createHash(name).update(content).digest()]))
    },
  }
}

async function largeEntry(archive: Archive, entry: ZipEntry): Promise<JarEntry> {
  const hashes = digestNames.map((name) => [name, createHash(name)] as const)
  await streamContent(archive.source, entry, (chunk) => {
    for (const [, hash] of hashes) hash.update(chunk)
  })
  const digests = new Map<string, Buffer>(hashes.map(([name, hash]) => [name, hash.digest()]))
  return {
    readContent: () => readContent(archive.source, entry, largest),
    digestContent: (algorithms) =>
      new Map(
        algorithms.map((name) => {
          const digest = digests.get(name)
          if (digest === undefined) throw new Error('an unexpected digest')
          return [name, digest]
        }),
      ),
  }
}
