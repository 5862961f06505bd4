import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { filesIn } from './segments.ts'
import { WebBuildError } from './web-build-error.ts'

/** A page before and after it was stamped. */
export interface StampedPage {
  name: string
  /** As it lies in the folder. */
  before: string
  /** Without any block. */
  bare: string
  after: string
}

/** Workbox lists MD5, `ngsw.json` SHA-1, others SHA-2. */
const algorithms = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const
const encodings = ['hex', 'base64', 'base64url'] as const
/** What lists digests of other files: service workers and their manifests. */
const listing = /\.(?:[cm]?js|json|webmanifest|txt)$/i
/** Bytes. No list of files is longer. */
const longest = 16 << 20

/**
 * Refuses a folder in which another file lists the digest of a page that stamping changes, or that it has changed before.
 *
 * @throws WebBuildError `WEB_PAGE_HASHED`, naming the file and the command that writes it again
 */
export async function refuseHashedPages(folder: string, pages: readonly StampedPage[]): Promise<void> {
  const digests = pages.flatMap(({ name, before, bare, after }) => {
    const outdated = new Set([before, bare].filter((text) => text !== after))
    return [...outdated].flatMap(digestsOf).map((digest) => ({ ...digest, page: name }))
  })
  if (digests.length === 0) return
  for (const { name, location } of await filesIn(folder)) {
    if (!listing.test(name) || (await stat(location)).size > longest) continue
    const text = await readFile(location, 'utf8')
    const found = digests.find(({ digest }) => text.includes(digest))
    if (found !== undefined)
      throw new WebBuildError(
        'WEB_PAGE_HASHED',
        `${name} lists the digest of ${found.page} (${found.algorithm}), which its block changes: delete ${name}, stamp the folder, and then write it again with ${writerOf(name, text)}`,
      )
  }
}

function digestsOf(text: string): { algorithm: string; digest: string }[] {
  return algorithms.flatMap((algorithm) => {
    const bytes = createHash(algorithm).update(text).digest()
    return encodings.map((encoding) => ({ algorithm, digest: bytes.toString(encoding) }))
  })
}

function writerOf(name: string, text: string): string {
  if (path.posix.basename(name) === 'ngsw.json') return '`ngsw-config FOLDER ngsw-config.json`'
  const isWorkbox = /workbox|precacheAndRoute|__WB_MANIFEST/.test(text)
  return isWorkbox ? '`workbox generateSW` or `workbox injectManifest`' : 'the command that wrote it'
}
