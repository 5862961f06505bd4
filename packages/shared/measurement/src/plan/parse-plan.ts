import {
  appIdPattern,
  buildIdPattern,
  coverages,
  decodeBase64urlOfLength,
  decodeUtf8,
  parseStrictJson,
  type JsonValue,
} from '@assay/protocol'
import { markLive } from '../live/mark-live.ts'
import { MeasurementError } from '../measurement-error.ts'
import {
  longestPiece,
  longestPlan,
  longestStep,
  mostBytes,
  mostNames,
  mostPieces,
  mostReads,
  mostSegments,
  namePattern,
  type Plan,
  type Read,
} from './plan.ts'

/**
 * Reads a plan strictly: exactly the known members, each of its type and within its bounds. Nothing is read and no
 * probe is asked before this has returned.
 *
 * @throws MeasurementError `PLAN_TOO_LARGE`, `PLAN_MALFORMED`, `PLAN_VERSION`, or `PLAN_BUDGET` when it asks for more
 *   than the bounds beside {@link Plan} allow.
 */
export const parsePlan = /* @__PURE__ */ markLive(
  'assay:live:parse-plan',
  function (bytes: Uint8Array): Plan {
    if (bytes.length > longestPlan) throw new MeasurementError('PLAN_TOO_LARGE')
    const json = parseStrictJson(decodeUtf8(bytes) ?? malformed(), { maxLength: longestPlan, maxDepth: 4 })
    const plan = json.ok ? json.value : malformed()
    const v = member(plan, 'v')
    if (v !== 1) {
      throw typeof v === 'number' ? new MeasurementError('PLAN_VERSION') : malformed()
    }
    onlyMembers(plan, 9)
    const live = member(plan, 'live')
    return {
      v,
      app: matching(member(plan, 'app'), appIdPattern),
      build: matching(member(plan, 'build'), buildIdPattern),
      epoch: integer(member(plan, 'epoch'), 0, 0xffffffff),
      seed: seedText(member(plan, 'seed')),
      coverage: coverages.find((known) => known === member(plan, 'coverage')) ?? malformed(),
      reads: readList(member(plan, 'reads')),
      live: { show: nameList(member(live, 'show')), run: nameList(member(onlyMembers(live, 2), 'run')) },
      probes: nameList(member(plan, 'probes')),
    }
  },
)

function readList(value: JsonValue): Read[] {
  const reads = list(value, mostReads).map(readRead)
  if (reads.length === 0) malformed()
  const bytes = reads.reduce((sum, read) => sum + read.length * (read.op === 'range' ? 1 : read.count), 0)
  return bytes > mostBytes ? overBudget() : reads
}

function readRead(value: JsonValue): Read {
  const op = member(value, 'op')
  const segment = integer(member(value, 'segment'), 0, mostSegments - 1)
  const length = integer(member(value, 'length'), 1, longestPiece)
  if (op === 'range') {
    onlyMembers(value, 3)
    return { op, segment, length }
  }
  const count = integer(member(value, 'count'), 1, mostPieces)
  if (op === 'walk') {
    onlyMembers(value, 4)
    return { op, segment, length, count }
  }
  if (op !== 'stride') malformed()
  onlyMembers(value, 5)
  return { op, segment, length, count, step: integer(member(value, 'step'), 1, longestStep) }
}

function nameList(value: JsonValue): string[] {
  const names = list(value, mostNames).map((name) => matching(name, namePattern))
  return new Set(names).size === names.length ? names : malformed()
}

function seedText(value: JsonValue): string {
  return typeof value === 'string' && decodeBase64urlOfLength(value, 32) !== undefined ? value : malformed()
}

function member(value: JsonValue, name: string): JsonValue {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return malformed()
  return Object.prototype.hasOwnProperty.call(value, name) ? (value[name] as JsonValue) : malformed()
}

/** Every member asked for is there, so as many members as were asked for means none besides. */
function onlyMembers(value: JsonValue, count: number): JsonValue {
  return Object.keys(value as object).length === count ? value : malformed()
}

function list(value: JsonValue, most: number): JsonValue[] {
  if (!Array.isArray(value)) return malformed()
  return value.length > most ? overBudget() : value
}

function matching(value: JsonValue, pattern: RegExp): string {
  return typeof value === 'string' && pattern.test(value) ? value : malformed()
}

function integer(value: JsonValue, least: number, most: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least) return malformed()
  return value > most ? overBudget() : value
}

function malformed(): never {
  throw new MeasurementError('PLAN_MALFORMED')
}

function overBudget(): never {
  throw new MeasurementError('PLAN_BUDGET')
}
