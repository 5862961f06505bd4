import { AppImageError } from '../../errors/app-image-error.ts'
import { parseJarSections } from './sections.ts'
import type { JarSection } from './sections.ts'

/** `META-INF/MANIFEST.MF`: the digests of the entries. */
export interface JarManifest {
  readonly bytes: Uint8Array
  readonly main: JarSection
  /** By the name of the entry that each describes. */
  readonly sections: ReadonlyMap<string, JarSection>
}

/**
 * Reads the manifest and checks that the entries it describes exist.
 *
 * @throws AppImageError JAR_MANIFEST_MALFORMED if it is empty, or a section has no name or the name of an earlier one;
 * JAR_ENTRY_MISSING, also for a directory.
 */
export function readManifest(bytes: Uint8Array, entries: { has(name: string): boolean }): JarManifest {
  const { main, individual } = parseJarSections(bytes)
  if (main === undefined) throw malformed('the JAR manifest is empty')
  const sections = new Map<string, JarSection>()
  for (const section of individual) {
    const { name } = section
    if (name === undefined) throw malformed('a section of the JAR manifest has no name')
    if (sections.has(name)) throw malformed('the JAR manifest has two sections for one entry')
    if (!entries.has(name) || name.endsWith('/')) throw new AppImageError('JAR_ENTRY_MISSING')
    sections.set(name, section)
  }
  return { bytes, main, sections }
}

function malformed(message: string): AppImageError {
  return new AppImageError('JAR_MANIFEST_MALFORMED', message)
}
