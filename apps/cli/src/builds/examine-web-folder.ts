import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { pageBuildFile, segmentKindByName } from '@assay/protocol'
import { refuseHashedPages, type StampedPage } from '@assay/web-build/stamp'
import { checkFileLists, readFileLists, readListFile } from './file-lists.ts'
import { asStampError } from './stamp-error.ts'

/** Warnings in words: what the folder of a web build should not hold, or what its pages lack. */
export interface WebFolder {
  warnings: string[]
  /** The name that the bundler gave the build, if it wrote one into the pages. */
  build: string | undefined
}

/** Names that a warning lists; it counts the others. */
const mostNames = 3

/**
 * Examines the folder of a web build before it is sent.
 *
 * @param id the name under which to register it, if one was given
 * @throws CliError `CLI_FILE_LIST` if a page lists files that do not exist or omits some, or names another build;
 *   `WEB_BLOCK_TWICE`, `WEB_BLOCK_HIDDEN`; `WEB_PAGE_HASHED` if a service worker or its list has the digest of a page before
 *   its block was written: it would keep an outdated page
 */
export async function examineWebFolder(folder: string, id: string | undefined): Promise<WebFolder> {
  const names = await namesIn(folder)
  const segments = names.filter((name) => segmentKindByName('web', name) !== undefined)
  const texts = new Map<string, string>()
  for (const name of segments) texts.set(name, await readFile(path.join(folder, name), 'utf8'))
  const beside = names.includes(pageBuildFile)
    ? await readFile(path.join(folder, pageBuildFile), 'utf8')
    : undefined
  const pages = new Map([...texts].filter(([name]) => isPage(name)))
  const lists = readFileLists(pages)
  const stamped = [...lists.keys()].map((name) => {
    const bare = pages.get(name) as string
    return { name, before: bare, bare, after: texts.get(name) as string }
  })
  for (const [name, bare] of pages) texts.set(name, bare)
  const build = checkFileLists(new Map([...readListFile(beside), ...lists]), segments, id)
  await refuseOutdatedDigests(folder, stamped)
  const unreached = unreachedFrom(texts)
  const hidden = lists.size > 0 || beside !== undefined ? [] : hiddenFrom(texts, unreached)
  return {
    build,
    warnings: [
      ...warn(names.filter(isSource), 'are sources, and no output of a bundler: register what it wrote'),
      ...warn(
        names.filter((name) => name.endsWith('.map')),
        'are source maps: whoever has the page can read your sources',
      ),
      ...warn(unreached, 'are loaded by no page: each first exchange downloads them. Take them out'),
      ...warn(
        hidden,
        'are not shown by the document, so that the SDK does not find them: use @assay/web-build, or name them in its option `files`',
      ),
    ],
  }
}

async function refuseOutdatedDigests(folder: string, stamped: readonly StampedPage[]): Promise<void> {
  try {
    await refuseHashedPages(folder, stamped)
  } catch (error) {
    throw asStampError(error)
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort()
}

function isSource(name: string): boolean {
  return /^src\/|(?:^|\/)node_modules\/|\.(?:[cm]?tsx?|jsx|vue|svelte)$/i.test(name)
}

function warn(names: readonly string[], what: string): string[] {
  if (names.length === 0) return []
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : ''
  return [`${names.slice(0, mostNames).join(', ')}${more} ${what}`]
}

const isPage = (name: string) => /\.x?html?$/i.test(name)

/**
 * Files that no page names, directly or through the scripts that it names. A name counts as named if all its words
 * occur somewhere in the text, because bundlers assemble names from pieces: a warning should list too few rather than
 * too many.
 */
function unreachedFrom(texts: ReadonlyMap<string, string>): string[] {
  const left = new Set([...texts.keys()].filter((name) => !isPage(name)))
  const open = [...texts.keys()].filter(isPage)
  if (open.length === 0) return []
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const words = new Set(texts.get(name)?.match(/[A-Za-z0-9]+/g))
    for (const other of left) {
      const stem = path.posix.basename(other).replace(/\.[^.]*$/, '')
      if (!(stem.match(/[A-Za-z0-9]+/g) ?? []).every((word) => words.has(word))) continue
      left.delete(other)
      open.push(other)
    }
  }
  return [...left]
}

/** Scripts that a page loads through others, but that no page names. */
function hiddenFrom(texts: ReadonlyMap<string, string>, unreached: readonly string[]): string[] {
  const pages = [...texts].filter(([name]) => isPage(name))
  if (pages.length === 0) return []
  return [...texts.keys()].filter(
    (name) =>
      !isPage(name) &&
      !unreached.includes(name) &&
      !pages.some(([, text]) => text.includes(path.posix.basename(name))),
  )
}
