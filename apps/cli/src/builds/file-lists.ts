import { pageBuildFile, pageBuildId, type PageBuild } from '@assay/protocol'
import { usageError } from '../faults/cli-error.ts'

const block = new RegExp(`<script type="application/json" id="${pageBuildId}">([^<]*)</script>`)

/** The list that a bundler wrote next to the pages, if any. */
export function readListFile(json: string | undefined): Map<string, PageBuild> {
  return new Map(json === undefined ? [] : [[pageBuildFile, parse(pageBuildFile, json)]])
}

/**
 * The lists that a bundler wrote into pages, by page; removes them from `texts`, because naming a file in a list does
 * not load it.
 */
export function readFileLists(texts: Map<string, string>): Map<string, PageBuild> {
  const lists = new Map<string, PageBuild>()
  for (const [name, text] of texts) {
    const [whole, json] = block.exec(text) ?? []
    if (whole === undefined || json === undefined) continue
    lists.set(name, parse(name, json))
    texts.set(name, text.replace(whole, ''))
  }
  return lists
}

function parse(page: string, json: string): PageBuild {
  try {
    const { build, files } = JSON.parse(json) as Partial<PageBuild>
    if (typeof build === 'string' && Array.isArray(files))
      return { build, files: files.map(decodeURIComponent) }
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
  for (const [page, { build, files }] of lists) {
    const expected = id ?? named ?? build
    if (build !== expected) throw refused(`${page} says that it is of build ${build}, and not of ${expected}`)
    named = build
    const missing = files.find((file) => !segments.includes(file))
    if (missing !== undefined) throw refused(`${page} lists ${missing}, which is not in the folder`)
    const unlisted = segments.find((segment) => !files.includes(segment) && !files.some(isCopyOf(segment)))
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
