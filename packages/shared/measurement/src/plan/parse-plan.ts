import { appIdPattern, buildIdPattern, coverages } from '@assay/protocol'
import { markLive } from '../live/mark-live.ts'
import { must } from '../measurement-error.ts'
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
    must(bytes.length <= longestPlan, 'PLAN_TOO_LARGE')
    let text = ''
    // Bytes as characters: one that is not ASCII is in no name, and refuses the plan there.
    for (const byte of bytes) text += String.fromCharCode(byte)
    let plan: Members = {}
    try {
      plan = Object(JSON.parse(text)) as Members
    } catch {
      // Refused next, as it has no version.
    }
    const { v, live } = plan
    must(typeof v === 'number', 'PLAN_MALFORMED')
    must(v === 1, 'PLAN_VERSION')
    const { show, run } = Object(live) as Members
    const read: Plan = {
      v,
      app: matching(plan.app, appIdPattern),
      build: matching(plan.build, buildIdPattern),
      epoch: integer(plan.epoch, 0, 0xffffffff),
      seed: matching(plan.seed, seedPattern),
      coverage: oneOf(coverages, plan.coverage),
      reads: list(plan.reads, mostReads).map(readOf),
      live: { show: names(show), run: names(run) },
      probes: names(plan.probes),
    }
    must(read.reads.length > 0 && JSON.stringify(read) === text, 'PLAN_MALFORMED')
    must(
      read.reads.reduce((sum, one) => sum + one.length * (one.op === 'range' ? 1 : one.count), 0) <=
        mostBytes,
      'PLAN_BUDGET',
    )
    return read
  },
)

function readOf(value: unknown): Read {
  const { op, segment, length, count, step } = Object(value) as Members
  return {
    op: oneOf(['range', 'stride', 'walk'], op),
    segment: integer(segment, 0, mostSegments - 1),
    length: integer(length, 1, longestPiece),
    ...(op !== 'range' && { count: integer(count, 1, mostPieces) }),
    ...(op === 'stride' && { step: integer(step, 1, longestStep) }),
  } as Read
}

function names(value: unknown): string[] {
  const all = list(value, mostNames).map((name) => matching(name, namePattern))
  must(new Set(all).size === all.length, 'PLAN_MALFORMED')
  return all
}

function list(value: unknown, most: number): unknown[] {
  must(Array.isArray(value), 'PLAN_MALFORMED')
  must(value.length <= most, 'PLAN_BUDGET')
  return value
}

function oneOf<T>(known: readonly T[], value: unknown): T {
  must(known.includes(value as T), 'PLAN_MALFORMED')
  return value as T
}

function matching(value: unknown, pattern: RegExp): string {
  must(typeof value === 'string' && pattern.test(value), 'PLAN_MALFORMED')
  return value
}

function integer(value: unknown, least: number, most: number): number {
  must(Number.isInteger(value) && (value as number) >= least, 'PLAN_MALFORMED')
  must((value as number) <= most, 'PLAN_BUDGET')
  return value as number
}
