/**
 * `node lab/demo/dist/guides/follow-page.js PAGE`: follows one page word for word, in a new home in which there is nothing but a
 * copy of the page's folder. Exit code 1 when a step fails.
 */
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { browse } from './browse.ts'
import { parseGuide } from './parse-guide.ts'
import { createReader } from './reader.ts'
import { reportStep } from './report.ts'

const [page] = process.argv.slice(2)
if (page === undefined) {
  console.error('usage: node lab/demo/dist/guides/follow-page.js PAGE')
  process.exit(2)
}
const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-page-'))
const [home, scratch] = [path.join(folder, 'home'), path.join(folder, 'scratch')]
const copy = path.join(home, path.basename(path.dirname(path.resolve(page))))
for (const each of [home, scratch]) await mkdir(each)
await cp(path.dirname(page), copy, { recursive: true })
const reader = createReader({ clone: copy, home, scratch, browse, values: { apk: '', package: '' } })
try {
  for (const step of parseGuide(await readFile(page, 'utf8'))) {
    if (!reportStep(`${path.basename(page)}:${step.line}`, step, await reader.follow(step))) continue
    process.exitCode = 1
    break
  }
} finally {
  await reader.leave()
  await rm(folder, { recursive: true, force: true })
}
