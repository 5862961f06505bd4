import { appIdPattern, buildIdPattern, coverages } from '@assay/protocol'
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

/** 32 bytes in base64url, its unused bits zero. */
const seedPattern = /^[\w-]{42}[AEIMQUYcgkosw048]$/

/** Members of which nothing is known yet. */
type Members = { readonly [name: string]: unknown }

/**
 * Reads a plan strictly: its bytes are exactly what `JSON.stringify` makes of the plan that is returned, so there are no
 * other members, none twice, no other order, number form, space or escape. Nothing is read and no probe is asked before
 * this has returned.
 */
export const parsePlan = /* @__PURE__ */ markLive(
  'assay:live:parse-plan',
  function (bytes: Uint8Array): Plan {
    if (bytes.length > longestPlan) throw new MeasurementError('PLAN_TOO_LARGE')
    let text = ''
    // Bytes as characters: one that is not ASCII is in no name, and refuses the plan there.
    for (const byte of bytes) text += String.fromCharCode(byte)
    let plan: Members
    try {
      plan = Object(JSON.parse(text)) as Members
    } catch {
      return malformed()
    }
    const { v, live } = plan
    if (v !== 1) throw new MeasurementError(typeof v === 'number' ? 'PLAN_VERSION' : 'PLAN_MALFORMED')
    const { show, run } = Object(live) as Members
    const read: Plan = {
      v,
      app: matching(plan.app, appIdPattern),
      build: matching(plan.build, buildIdPattern),
      epoch: integer(plan.epoch, 0, 0xffffffff),
      seed: matching(plan.seed, seedPattern),
      coverage: coverages.find((known) => known === plan.coverage) ?? malformed(),
      reads: list(plan.reads, mostReads).map(readOf),
      live: { show: names(show), run: names(run) },
      probes: names(plan.probes),
    }
    if (read.reads.length === 0 || JSON.stringify(read) !== text) malformed()
    const total = read.reads.reduce((sum, one) => sum + one.length * (one.op === 'range' ? 1 : one.count), 0)
    return total > mostBytes ? overBudget() : read
  },
)

function readOf(value: unknown): Read {
  const { op, segment, length, count, step } = Object(value) as Members
  const piece = { segment: integer(segment, 0, mostSegments - 1), length: integer(length, 1, longestPiece) }
  if (op === 'range') return { op, ...piece }
  const pieces = { ...piece, count: integer(count, 1, mostPieces) }
  if (op === 'walk') return { op, ...pieces }
  return op === 'stride' ? { op, ...pieces, step: integer(step, 1, longestStep) } : malformed()
}

function names(value: unknown): string[] {
  const all = list(value, mostNames).map((name) => matching(name, namePattern))
  return new Set(all).size === all.length ? all : malformed()
}

function list(value: unknown, most: number): unknown[] {
  if (!Array.isArray(value)) return malformed()
  return value.length > most ? overBudget() : value
}

function matching(value: unknown, pattern: RegExp): string {
  return typeof value === 'string' && pattern.test(value) ? value : malformed()
}

function integer(value: unknown, least: number, most: number): number {
  if (!Number.isInteger(value) || (value as number) < least) return malformed()
  return (value as number) > most ? overBudget() : (value as number)
}

function malformed(): never {
  throw new MeasurementError('PLAN_MALFORMED')
}

function overBudget(): never {
  throw new MeasurementError('PLAN_BUDGET')
}
