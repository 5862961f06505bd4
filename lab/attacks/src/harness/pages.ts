import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const rules = fileURLToPath(new URL('../../../../deploy/observability/alerts.yml', import.meta.url))

/** Minutes for which nothing changes, and within which the change happens. */
const [quiet, change] = [70, 5]

/** Refusals of a guard meanwhile, by code. */
export type GuardRefusals = Readonly<Record<string, number>>

/**
 * Alerts that page, as deployed, if the metrics of a service change within five minutes from one scrape to another, by as
 * many `times` as much.
 */
export async function pagesRungBy(
  [before, after]: readonly [string, string],
  refusals: GuardRefusals,
  times: number,
): Promise<string[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-pages-'))
  try {
    const file = path.join(folder, 'pages.test.json')
    const guard = Object.entries(refusals).map(([code, count]) => ({
      series: `assay_guard_decisions_total{job="assay-guard",instance="g",outcome="refused",code="${code}"}`,
      values: `0x${quiet} 0+${(count * times) / change}x${change}`,
    }))
    await writeFile(
      file,
      // YAML has JSON in it.
      JSON.stringify({
        rule_files: [rules],
        evaluation_interval: '1m',
        tests: [
          {
            interval: '1m',
            input_series: [...seriesOf(before, after, times), ...guard],
            promql_expr_test: [
              {
                expr: 'count by (alertname) (ALERTS{alertstate="firing",severity="page"})',
                eval_time: `${quiet + change + 1}m`,
                exp_samples: [],
              },
            ],
          },
        ],
      }),
    )
    const { isQuiet, output } = await promtool(['test', 'rules', file])
    const rung = [...output.matchAll(/alertname="(\w+)"/g)].map(([, name]) => name as string)
    if (!isQuiet && rung.length === 0) throw new Error(output)
    return [...new Set(rung)].sort()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function seriesOf(before: string, after: string, times: number) {
  const first = samplesOf(before)
  return [...samplesOf(after)].map(([name, value]) => {
    const from = first.get(name) ?? 0
    const series = name.includes('{')
      ? name.replace('{', '{job="assay",instance="a",')
      : `${name}{job="assay",instance="a"}`
    const rises = /^\w+_total\b/.test(name)
    const values = rises
      ? `${from}x${quiet} ${from}+${((value - from) * times) / change}x${change}`
      : `${from}x${quiet} ${value}x${change}`
    return { series, values }
  })
}

function samplesOf(text: string): Map<string, number> {
  // Moments are left out: the time of a test of rules begins in 1970.
  const samples = text.matchAll(
    /^(assay_(?!\w*(?:_bucket|_timestamp_seconds))\w+(?:\{.*\})?) (-?[\d.e+]+)$/gm,
  )
  return new Map([...samples].map(([, name, value]) => [name as string, Number(value)]))
}

function promtool(args: string[]): Promise<{ isQuiet: boolean; output: string }> {
  return new Promise((resolve) => {
    execFile('promtool', args, (error, stdout, stderr) =>
      resolve({ isQuiet: error === null, output: stdout + stderr }),
    )
  })
}
