/**
 * The licences of what is bundled: each program and page that holds code of others has a `licenses.txt` beside it, which the
 * build writes.
 */

/** `name version: licence` of `build-programs.mjs`, and `## name - version (licence)` of Vite. */
const headings =
  /^(?:## (?<page>\S+) - (?<pageVersion>\S+) \(.*\)|(?<program>(?:@[^\s/]+\/)?[^\s/:]+) (?<programVersion>\d\S*): .+)$/gm

/** @returns {string[]} `name@version` of everything in a `licenses.txt` */
export function bundledPackages(licenses) {
  return [...licenses.matchAll(headings)]
    .map(({ groups }) =>
      groups.page === undefined
        ? `${groups.program}@${groups.programVersion}`
        : `${groups.page}@${groups.pageVersion}`,
    )
    .sort()
}

/**
 * @param {{ place: string, licenses: string }[]} bundles `place`: the artifact, and the file in it
 * @returns {string} one text with all of them
 */
export function noticesText(bundles) {
  const head = [
    'Assay is licensed under Apache-2.0 (LICENSE). These parts of the release hold code of others; everything else that an',
    'artifact needs is a dependency, which its package manager fetches with its own licence (sbom/ lists them).',
  ].join('\n')
  const body = bundles.map(
    ({ place, licenses }) => `${'='.repeat(100)}\n${place}\n${'='.repeat(100)}\n\n${licenses.trim()}\n`,
  )
  return `${head}\n\n${body.join('\n')}`
}
