import { createHash } from 'node:crypto'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pageBuildFile, urlOfFile, type PageBuild } from '@assay/protocol'
import type { AssayBuildOptions } from './options.ts'
import { withBlock } from './page-block.ts'
import { derivedBuildId, writtenSegments } from './segments.ts'
import { WebBuildError } from './web-build-error.ts'

/**
 * Writes the name of the build and its files into each page of `folder`, and into `assay-build.json`. With the coverage
 * `entry` each `index.html` gets a copy with the build in its name, which is listed in its place: open tabs still find
 * it after the next deploy.
 *
 * @param options `root` as in the options; a relative one (`./`) is relative to the folder
 * @param lazy names of the modules that an import map pins
 * @throws WebBuildError `WEB_NO_SCRIPT` for a folder without anything that a browser executes
 */
export async function writePageBuild(
  folder: string,
  options: Pick<AssayBuildOptions, 'build' | 'root' | 'coverage'>,
  lazy: readonly string[] = [],
): Promise<PageBuild> {
  const segments = await writtenSegments(folder)
  if (segments.length === 0) throw new WebBuildError('WEB_NO_SCRIPT', `${folder} holds no script and no page`)
  const build = options.build ?? (await derivedBuildId(segments, options))
  const copyOf = (name: string) => (options.coverage === 'entry' ? nameOfCopy(name, build) : undefined)
  const files = segments.map(({ name }) => relativeUrlOf(copyOf(name) ?? name))
  const written = { build, files }
  const digests = await digestsOf(folder, lazy)
  for (const { name, location, page } of segments) {
    if (page === undefined) continue
    const root = rootOf(name, options.root)
    const urls = [...digests].map(([url, digest]): [string, string] => [`${root.root ?? '/'}${url}`, digest])
    const integrity = urls.length > 0 ? Object.fromEntries(urls) : undefined
    await writeFile(location, withBlock(page, { ...written, ...root }, integrity))
    const copy = copyOf(name)
    if (copy !== undefined) await copyFile(location, path.join(folder, copy))
  }
  const whole = { ...written, ...rootOf('', options.root) }
  await writeFile(path.join(folder, pageBuildFile), JSON.stringify(whole))
  return whole
}

/** The service accepts no copy of other pages. */
function nameOfCopy(page: string, build: string): string | undefined {
  return /^(?:.*\/)?index\.html$/.test(page) ? page.replace(/html$/, `${build}.html`) : undefined
}

/** A colon in its first part would make it a URL with another scheme. */
function relativeUrlOf(name: string): string {
  return urlOfFile(name).replace(/^[^/]+/, (first) => first.replaceAll(':', '%3A'))
}

/** By URL relative to the folder, as engines request them, in the form of subresource integrity. */
async function digestsOf(folder: string, names: readonly string[]): Promise<Map<string, string>> {
  const digests = new Map<string, string>()
  for (const name of names) {
    const bytes = await readFile(path.join(folder, name))
    digests.set(urlOfFile(name), `sha384-${createHash('sha384').update(bytes).digest('base64')}`)
  }
  return digests
}

/** A relative root leads from the page to the folder. */
function rootOf(page: string, root: string | undefined): Pick<PageBuild, 'root'> {
  if (root === undefined || root === '/') return {}
  if (root !== './') return { root }
  return { root: '../'.repeat(page.split('/').length - 1) || './' }
}
