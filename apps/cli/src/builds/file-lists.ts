import { pageBuildFile, type PageBuild } from '@assay/protocol'
import { readPageBlocks } from '@assay/web-build/stamp'
import { usageError } from '../faults/cli-error.ts'
import { asStampError } from './stamp-error.ts'

/** The list that a bundler wrote next to the pages, if any. */
export function readListFile(json: string | undefined): Map<string, PageBuild> {
  return new Map(json === undefined ? [] : [[pageBuildFile, parse(pageBuildFile, json)]])
}

/**
 * The lists that a bundler or `build stamp` wrote into pages, by page; removes them from `pages`, because naming a file in a
 * list does not load it.
 *
 * @throws CliError `WEB_BLOCK_TWICE` or `WEB_BLOCK_HIDDEN`, naming the page
 */
export function readFileLists(pages: Map<string, string>): Map<string, PageBuild> {
  const lists = new Map<string, PageBuild>()
  for (const [name, page] of pages) {
    const { text, written } = blocksIn(name, page)
    if (text === undefined) continue
    lists.set(name, parse(name, text))
    const bare = written
      .toReversed()
      .reduce((left, { start, end }) => left.slice(0, start) + left.slice(end), page)
    pages.set(name, bare)
  }
  return lists
}

function blocksIn(name: string, page: string) {
  try {
    return readPageBlocks(name, page)
  } catch (error) {
    throw asStampError(error)
  }
}

function parse(page: string, json: string): PageBuild {
  try {
    const { build, files, serviceWorkers = [] } = JSON.parse(json) as Partial<PageBuild>
    if (typeof build === 'string' && Array.isArray(files)) {
      const [names, workers] = [files, serviceWorkers].map((urls) => urls.map(decodeURIComponent))
      return { build, files: names as string[], serviceWorkers: workers as string[] }
    }
  } catch {
    // Reported below.
  }
  throw refused(`${page} holds a file list that cannot be read`)
}

/**
 * @returns the name of the build, as the pages have it
 * @throws CliError `CLI_FILE_LIST` naming page and file
 */
export function checkFileLists(
  lists: ReadonlyMap<string, PageBuild>,
  segments: readonly string[],
  id: string | undefined,
): string | undefined {
  let named: string | undefined
  // Service workers are in no list of a page, and are not measured.
  const workers = lists.get(pageBuildFile)?.serviceWorkers ?? []
  for (const [page, { build, files }] of lists) {
    const expected = id ?? named ?? build
    if (build !== expected) throw refused(`${page} says that it is of build ${build}, and not of ${expected}`)
    named = build
    const missing = files.find((file) => !segments.includes(file))
    if (missing !== undefined) throw refused(`${page} lists ${missing}, which is not in the folder`)
    const worker = files.find((file) => workers.includes(file))
    if (worker !== undefined) throw refused(`${page} lists ${worker}, which ${pageBuildFile} leaves out`)
    const unlisted = segments.find(
      (segment) => !files.includes(segment) && !files.some(isCopyOf(segment)) && !workers.includes(segment),
    )
    if (unlisted !== undefined) throw refused(`${page} does not list ${unlisted}, which is in the folder`)
  }
  return named
}

/** With the coverage `entry` a page is listed by its copy, which the next deploy does not replace. */
function isCopyOf(page: string): (file: string) => boolean {
  const start = /^(.*index\.)html$/.exec(page)?.[1]
  return (file) =>
    start !== undefined && file.startsWith(start) && /^[^/]+\.html$/.test(file.slice(start.length))
}

function refused(message: string) {
  return usageError('CLI_FILE_LIST', message)
}
