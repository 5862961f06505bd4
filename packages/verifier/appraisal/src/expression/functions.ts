import {
  celEnv,
  celFunc,
  CelScalar,
  celMethod,
  listType,
  mapType,
  type CelEnv,
  type CelMap,
} from '@bufbuild/cel'

const { BOOL, INT, STRING, DYN } = CelScalar
const answers = mapType(STRING, DYN)

/**
 * What policies have in addition to the operators of CEL: `probes.found('name')` and `probes.found('name',
 * ['beginning'])`, `probes.unanswered('name')`, and `monthsSince(level, now)`.
 */
export const environment: CelEnv = celEnv({
  funcs: [
    celMethod('found', answers, [STRING], BOOL, function (probe) {
      return namesFinding(answerOf(this, probe))
    }),
    celMethod('found', answers, [STRING, listType(STRING)], BOOL, function (probe, beginnings) {
      return namesFinding(answerOf(this, probe), [...beginnings].map(String))
    }),
    celMethod('unanswered', answers, [STRING], BOOL, function (probe) {
      return this.has(probe) && isUnanswered(answerOf(this, probe))
    }),
    celFunc('monthsSince', [INT, INT], INT, monthsSince),
  ],
})

function answerOf(probes: CelMap, probe: string): unknown {
  return probes.get(probe)
}

/**
 * Whole months of the calendar from a patch level, YYYYMM or YYYYMMDD, to a time in Unix seconds. An invalid patch
 * level counts as very old: devices may state anything, and nothing of it counts as recent.
 */
export function monthsSince(level: bigint, now: bigint): bigint {
  const time = new Date(Number(now) * 1000)
  const months = BigInt(time.getUTCFullYear()) * 12n + BigInt(time.getUTCMonth()) + 1n
  const yearAndMonth = level > 999_999n ? level / 100n : level
  const [year, month] = [yearAndMonth / 100n, yearAndMonth % 100n]
  const isLevel = year >= 1970n && year <= 9999n && month >= 1n && month <= 12n
  return isLevel ? months - (year * 12n + month) : months
}

/**
 * Whether a probe that answers with names of findings, separated by commas, found one: one that begins with one of
 * `beginnings`, or any where none are given.
 */
export function namesFinding(answer: unknown, beginnings: readonly string[] = ['']): boolean {
  if (typeof answer !== 'string' || answer === '' || isFault(answer)) return false
  return answer.split(',').some((name) => beginnings.some((beginning) => name.startsWith(beginning)))
}

/** Whether a probe that answers with names was asked and did not answer. */
export function isUnanswered(answer: unknown): boolean {
  return typeof answer !== 'string' || isFault(answer)
}

/** What an SDK says for a probe that threw, was late, or gave a malformed answer. */
function isFault(answer: string): boolean {
  return answer.startsWith('!')
}
