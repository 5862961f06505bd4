/** Checks the folder of a release as those who get it do; every check has its own fresh places, and the folder stays as it is. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { boms, wrongBoms } from './check-boms.mjs'
import { incompletePoms } from './check-poms.mjs'
import { expoConsumer, npmConsumers } from './consumers/npm.mjs'
import { mavenConsumer } from './consumers/maven.mjs'
import { swiftConsumer } from './consumers/swift.mjs'
import { makeRelease } from './make.mjs'
import { git, toolVersions } from './may-release.mjs'
import { NotRun } from './not-run.mjs'
import { differences, sumsFile, wrongSums } from './sums.mjs'

/**
 * @typedef {{ root: string, folder: string, place: string, release: { version: string, commit: string, isTrial: boolean } }} Given
 *   `place`: an empty folder of the check's own
 */

/** Each gives what is wrong. @type {Record<string, (given: Given) => string[] | Promise<string[]>>} */
const checks = {
  'SHA256SUMS lists every file, with its digest': ({ folder }) => wrongSums(folder),
  'each artifact has its bill of materials, which CycloneDX accepts': ({ folder }) =>
    boms(folder).then((each) => wrongBoms(folder, each)),
  'each POM is complete': ({ folder }) => incompletePoms(folder),
  ...npmConsumers,
  'Expo carries out the config plugin of the tarball': expoConsumer,
  'Maven: a Kotlin program compiles against the repository and runs': mavenConsumer,
  'SwiftPM: a program builds against the source archive and runs': swiftConsumer,
  'the page of the release, word for word': followPage,
  'another folder, time zone, umask and hour: the same bytes': makeAgain,
}

/** @returns {Promise<number>} exit code: 0, 1 if something is wrong, 2 if the folder is no release */
export async function checkRelease(root, folder, chosen = checks) {
  if (!existsSync(path.join(folder, 'release.json')) || !existsSync(path.join(folder, sumsFile))) {
    console.error(`there is no release in ${folder}`)
    return 2
  }
  const release = JSON.parse(readFileSync(path.join(folder, 'release.json'), 'utf8'))
  let failed = 0
  for (const [name, check] of Object.entries(chosen)) {
    const place = mkdtempSync(path.join(os.tmpdir(), 'assay-release-check-'))
    try {
      const problems = await check({ root, folder, place, release })
      console.log(problems.length === 0 ? `ok ${name}` : `FAILED ${name}\n${problems.join('\n')}`)
      if (problems.length > 0) failed++
    } catch (error) {
      if (!(error instanceof NotRun)) throw error
      console.log(`not run: ${name}: ${error.message}`)
      if (process.env.ASSAY_REQUIRE_ALL === '1') failed++
    } finally {
      rmSync(place, { recursive: true, force: true })
    }
  }
  console.log(`${Object.keys(chosen).length} checks, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

function followPage({ root, folder }) {
  const args = ['tools/run-built.mjs', 'lab/demo/dist/guides/follow-page.js', path.join(folder, 'README.md')]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  return status === 0 ? [] : [`${stdout}${stderr}`]
}

/** The umask is of the process, and `make.mjs` must not depend on it; the rest is the environment. */
function makeAgain({ root, folder, place, release }) {
  if (git(root, 'rev-parse', 'HEAD') !== release.commit)
    throw new NotRun(`the release is of commit ${release.commit}, which is not checked out`)
  const now = { node: process.version, ...toolVersions() }
  const other = Object.entries(release.made).filter(([name, version]) => now[name] !== version)
  if (other.length > 0) throw new NotRun(`made with other tools: ${other.map(String).join('; ')}`)
  const again = path.join(place, 'deeper', 'again')
  const before = process.umask(0o077)
  try {
    const env = { ...process.env, TZ: 'Pacific/Kiritimati', LC_ALL: 'C', HOME: process.env.HOME }
    makeRelease(root, again, { isTrial: release.isTrial, env })
  } finally {
    process.umask(before)
  }
  return differences(folder, again)
}
