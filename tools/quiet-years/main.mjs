import { execFileSync, spawn } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { freePort } from '@assay/testkit'
import { parse } from 'yaml'
import { before, begins, minute, simulate, step, week } from './fleet.mjs'

/**
 * `npm run quiet-years`: a year on which nothing is wrong, at 10³ and at 10⁶ installations, against every alert that
 * pages. Prometheus evaluates the expressions as they are deployed. Exit code 1 with more than one page a year, or if
 * the incident that follows it rings none within six minutes.
 */

const { values: options } = parseArgs({
  options: { seed: { type: 'string', default: '20261203' }, weeks: { type: 'string', default: '52' } },
})
const seed = Number(options.seed)
const year = Number(options.weeks)
const sizes = [1e3, 1e6]
const mostPages = 1
/** Seconds from the incident to the page. The samples are two minutes apart, those of a deployment half a minute. */
const soon = 6 * minute + step
/** A Wednesday at its evening peak, in the week after the year. */
const incident = begins + (before + year) * week + 2 * 86_400 + 18 * 3600

const deployed = new URL('../../deploy/observability/', import.meta.url)
const rules = ['alerts.yml', 'alerts-weeks.yml'].flatMap((file) =>
  parse(readFileSync(new URL(file, deployed), 'utf8')).groups.flatMap((group) => group.rules),
)

/** The alerts that page, over what Prometheus scrapes: what rules record is put into their place. */
const pages = rules
  .filter(({ alert, labels }) => alert !== undefined && labels.severity === 'page')
  .map(({ alert, expr, for: lasts = '0m' }) => ({
    alert,
    expr: rules
      .filter(({ record }) => record !== undefined)
      .reduce((text, { record, expr: recorded }) => text.replaceAll(record, `(${recorded})`), expr),
    lasts: parseInt(lasts) * (lasts.endsWith('s') ? 1 : minute),
  }))

/** Seconds since 1970 at which an alert begins to fire, once for each series. */
async function firings(url, { expr, lasts }, from, until) {
  const found = []
  const pending = new Map()
  for (let start = from; start < until; start += week) {
    const end = Math.min(start + week, until) - step
    const query = new URLSearchParams({ query: expr, start, end, step })
    const { status, error, data } = await (await fetch(`${url}/api/v1/query_range?${query}`)).json()
    if (status !== 'success') throw new Error(`${error}: ${expr}`)
    for (const { metric, values } of data.result) {
      const name = JSON.stringify(metric)
      const state = pending.get(name) ?? { since: undefined, last: undefined, isFiring: false }
      pending.set(name, state)
      for (const [at] of values) {
        if (state.last !== at - step) Object.assign(state, { since: at, isFiring: false })
        state.last = at
        if (state.isFiring || at - state.since < lasts) continue
        state.isFiring = true
        found.push(at)
      }
    }
  }
  return found
}

async function serve(folder, work) {
  const port = await freePort()
  writeFileSync(path.join(folder, 'prometheus.yml'), '{}')
  const server = spawn(
    'prometheus',
    [
      `--config.file=${path.join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${path.join(folder, 'data')}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const url = `http://127.0.0.1:${port}`
  try {
    const isReady = () =>
      fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      )
    while (server.exitCode === null && !(await isReady())) await wait(100)
    return await work(url)
  } finally {
    server.kill()
    await new Promise((resolve) => server.once('exit', resolve))
  }
}

async function tryYear(installations) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-year-'))
  try {
    mkdirSync(path.join(folder, 'data'))
    const file = path.join(folder, 'samples.txt')
    const out = openSync(file, 'w')
    let waiting = ''
    const write = (text) => {
      waiting += text
      if (waiting.length < 1_000_000) return
      writeSync(out, waiting)
      waiting = ''
    }
    simulate({ installations, weeks: before + year + 1, seed, incident }, write)
    writeSync(out, `${waiting}# EOF\n`)
    closeSync(out)
    execFileSync(
      'promtool',
      [
        'tsdb',
        'create-blocks-from',
        'openmetrics',
        '--max-block-duration=720h',
        '-q',
        file,
        path.join(folder, 'data'),
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    )
    rmSync(file)
    return await serve(folder, async (url) => {
      const quiet = []
      const rung = []
      for (const page of pages) {
        for (const at of await firings(url, page, begins + before * week, incident))
          quiet.push(`${page.alert} at ${new Date(at * 1000).toISOString()}`)
        for (const at of await firings(url, page, incident, incident + soon + step))
          rung.push({ alert: page.alert, after: (at - incident) / minute })
      }
      return { quiet, rung }
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

console.log(`seed ${seed}, ${year} weeks, ${pages.length} alerts that page`)
for (const installations of sizes) {
  const { quiet, rung } = await tryYear(installations)
  const first = rung
    .filter(({ after }) => after * minute <= soon)
    .map(({ alert, after }) => `${alert} after ${after} min`)
  console.log(
    `${installations.toLocaleString('en-US')} installations: ${quiet.length} pages while nothing was wrong; the incident: ${first.join(', ') || 'no page'}`,
  )
  for (const line of quiet.slice(0, 10)) console.log(`  ${line}`)
  if (quiet.length > mostPages || first.length === 0) process.exitCode = 1
}
