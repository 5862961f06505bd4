/**
 * `npm run guides [-- NAME…]`: follows the guides word for word in a fresh clone of what is committed, in a home of its
 * own; without names, those that need nothing but this machine and do not take long; with `--all`, the long ones too. Says
 * how long it takes until a reader sees the first page served. Exit code 1 when a step fails; steps for which this
 * machine lacks a tool print `not run: …`, which is a failure with ASSAY_REQUIRE_ALL=1.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { nodeProgram } from '../../../../tools/other-node.mjs'
import { browse } from './browse.ts'
import { guides, type Guide } from './guides.ts'
import { parseGuide } from './parse-guide.ts'
import { makePlace, type Place } from './place.ts'
import { createReader, type Reader } from './reader.ts'
import { reportStep } from './report.ts'

const repository = path.resolve(import.meta.dirname, '../../../..')
const given = process.argv.slice(2)
const isAll = given.includes('--all')
const wanted = given.filter((each) => each !== '--all')
const isChosen = ({ name, needs, long }: Guide) => {
  if (wanted.length > 0) return wanted.includes(name)
  return needs === undefined && (isAll || long !== true)
}
const chosen = guides.filter(isChosen)
if (chosen.length < wanted.length) {
  console.error(`there are these guides: ${guides.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}
if (wanted.length === 0) {
  for (const { name, needs, long } of guides) {
    if (needs !== undefined)
      console.log(`not run: ${name}: needs ${needs}; \`npm run guides -- ${name}\` follows it`)
    else if (long === true && !isAll) console.log(`left out: ${name}: takes long; \`--all\` follows it`)
  }
}
let failed = 0
for (const together of placesFor(chosen)) {
  if (failed > 0) break
  await followIn(await makePlace(repository), together)
}
process.exitCode = failed === 0 ? 0 : 1

/** The guides that share one place, and then each that is followed alone; what a guide continues goes before it. */
function placesFor(wanted: readonly Guide[]): Guide[][] {
  const alone = wanted.filter((guide) => guide.alone === true)
  const shared = wanted.filter((guide) => guide.alone !== true)
  const isDoneAnyway = alone.length > 0 && shared.every(({ name }) => name === 'quickstart')
  return [...(shared.length === 0 || isDoneAnyway ? [] : [shared]), ...alone.map((guide) => [guide])].map(
    withEarlier,
  )
}

/** With the guides that they continue, in the order of all. */
function withEarlier(wanted: Guide[]): Guide[] {
  const names = new Set(wanted.map(({ name }) => name))
  // A guide comes after the one that it continues.
  for (const { name, after } of guides.toReversed())
    if (names.has(name) && after !== undefined) names.add(after)
  return guides.filter(({ name }) => names.has(name))
}

async function followIn(place: Place, together: readonly Guide[]): Promise<void> {
  const reader = createReader({ ...place, browse })
  try {
    let isOn24 = Number(process.versions.node.split('.', 1)[0]) >= 24
    for (const { name, needsNode24 } of together) {
      if (failed > 0) return
      if (needsNode24 === true && !isOn24) {
        isOn24 = true
        await reader.prefer(path.dirname(await nodeProgram(24)))
      }
      await follow(name, place, reader)
    }
  } finally {
    await reader.leave()
    await place.remove()
  }
}

async function follow(name: string, place: Place, reader: Reader): Promise<void> {
  const file = `docs/guides/${name}.md`
  const started = performance.now()
  const seconds = () => Math.round((performance.now() - started) / 1000)
  let isServed = false
  const steps = parseGuide(await readFile(path.join(place.clone, file), 'utf8'))
  for (const step of steps) {
    const outcome = await reader.follow(step)
    if (reportStep(`${file}:${step.line}`, step, outcome)) failed++
    if (failed > 0) return
    if (step.kind === 'open' && !isServed) {
      isServed = true
      console.log(`${file}: the first page is served after ${seconds()} s`)
    }
  }
  console.log(`${file}: ${steps.length} steps, ${seconds()} s`)
}
