import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { assumptions, valuesOf } from './model.mjs'
import { optionOf, pageOf } from './page.mjs'

const page = fileURLToPath(new URL('../../docs/sizing.md', import.meta.url))
const file = fileURLToPath(new URL('rows.json', import.meta.url))

const usage = `npm run sizing              shows how many machines a number of installations needs
npm run sizing -- --write   writes docs/sizing.md
npm run sizing -- --fleet   plays the release days of the page over SQLite, and keeps the results
npm run sizing -- --measure measures Valkey and PostgreSQL on this machine, and keeps the results; --bench FILE takes rows
                            from the output of npm run bench -- --json
${Object.keys(assumptions)
  .map((name) => `  --${optionOf(name)} NUMBER`)
  .join('\n')}`

const numbers = Object.fromEntries(
  Object.keys(assumptions).map((name) => [optionOf(name), { type: 'string' }]),
)
const given = valuesOf(assumptions)
let asked
try {
  asked = parseArgs({
    options: {
      ...numbers,
      write: { type: 'boolean', default: false },
      measure: { type: 'boolean', default: false },
      fleet: { type: 'boolean', default: false },
      bench: { type: 'string' },
    },
  }).values
  for (const name of Object.keys(assumptions)) {
    const text = asked[optionOf(name)]
    if (text === undefined) continue
    given[name] = Number(text)
    const least = name === 'hardware' || name.endsWith('Price') || name === 'evidence' ? 0 : Number.MIN_VALUE
    if (!(given[name] >= least)) throw new TypeError(`--${optionOf(name)} is out of range`)
  }
  if (given.hardware > 1 || given.load > 1) throw new TypeError('a share is at most 1')
} catch (error) {
  console.error(`${error.message}\n\n${usage}`)
  process.exit(2)
}

const known = JSON.parse(readFileSync(file, 'utf8'))
if (asked.measure || asked.bench !== undefined) {
  const { measure, fromBench } = await import('./measure.mjs')
  const document = asked.bench === undefined ? undefined : JSON.parse(readFileSync(asked.bench, 'utf8'))
  const bench = document === undefined ? [] : fromBench(document)
  if (document !== undefined) known.machine = document.machine
  const found = asked.measure ? await measure() : []
  for (const row of [...bench, ...found]) {
    const i = known.rows.findIndex(({ id }) => id === row.id)
    if (i === -1) known.rows.push(row)
    else known.rows[i] = row
  }
  writeFileSync(file, `${JSON.stringify(known, null, 2)}\n`)
}
if (asked.fleet) {
  const { playAll } = await import('./fleet.mjs')
  known.fleet = await playAll()
  writeFileSync(file, `${JSON.stringify(known, null, 2)}\n`)
}
const text = pageOf(known, given)
if (asked.write) writeFileSync(page, text)
else console.log(text)
