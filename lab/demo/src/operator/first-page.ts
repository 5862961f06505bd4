import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/** Minutes of health before the symptom, and of the symptom. */
const health = 120
const symptom = 15

/** A metric before and from the symptom on. A number rises by it each minute; a list is constant. */
export interface Series {
  name: string
  before: number | readonly [number]
  from: number | readonly [number]
}

const rules = path.resolve(import.meta.dirname, '../../../../deploy/observability/alerts.yml')

const valuesOf = ({ before, from }: Series): string => {
  const part = (rate: number | readonly [number], start: number, minutes: number) =>
    typeof rate === 'number' ? `${start}+${rate}x${minutes}` : `${rate[0]}x${minutes}`
  const reached = typeof before === 'number' ? before * health : before[0]
  const next = typeof from === 'number' ? reached + from : from[0]
  return `${part(before, 0, health)} ${part(from, next, symptom)}`
}

export const hasPromtool = (): boolean => spawnSync('promtool', ['--version']).status === 0

/**
 * The alert of severity page that fires first, by the expressions of deploy/observability and the clock of promtool, and
 * how many minutes after the symptom. Undefined: none within 15 minutes.
 */
export function firstPage(series: readonly Series[]): { alert: string; minutes: number } | undefined {
  const times = Array.from({ length: symptom }, (_, index) => health + 1 + index)
  const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-page-'))
  try {
    const file = path.join(folder, 'rehearsal.json')
    const test = {
      rule_files: [rules],
      evaluation_interval: '1m',
      tests: [
        {
          interval: '1m',
          input_series: series.map((one) => ({ series: one.name, values: valuesOf(one) })),
          // No alert is expected, so each failure names one that fired.
          promql_expr_test: times.map((time) => ({
            expr: 'ALERTS{alertstate="firing",severity="page"}',
            eval_time: `${time}m`,
          })),
        },
      ],
    }
    writeFileSync(file, JSON.stringify(test))
    const { stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' })
    const [found] = (stdout + stderr).split(/(?=time: )/).flatMap((part) => {
      const [, hours = '0', minutes] = /^time: (?:(\d+)h)?(\d+)m/.exec(part) ?? []
      const [, alert] = /alertname="(\w+)"/.exec(part) ?? []
      if (minutes === undefined || alert === undefined) return []
      return [{ alert, minutes: 60 * Number(hours) + Number(minutes) - health }]
    })
    return found
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
