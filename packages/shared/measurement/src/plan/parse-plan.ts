import { decodeBase64url } from '@assay/protocol/encodings'
import { markLive } from '../live/mark-live.ts'
import { must } from '../errors/measurement-error.ts'
import {
  longestPiece,
  longestPlan,
  longestStep,
  mostBytes,
  mostNames,
  mostPieces,
  mostReads,
  mostSegments,
} from './limits.ts'
import type { Plan } from './plan.ts'

/** The text of a plan, character by character, except for the bounds of its numbers and lists. */
const planText = /* @__PURE__ */ (() => {
  // `checkPlanFits` checks whether app, build and names are the right ones.
  const word = '"[\\w.+-]{1,255}"'
  const words = `\\[(${word}(,${word})*)?]`
  const number = '[1-9]\\d*'
  const place = `","segment":(0|${number}),"length":${number}`
  const pieces = `${place},"count":${number}`
  const read = `{"op":"(range${place}|walk${pieces}|stride${pieces},"step":${number})}`
  const reads = `"reads":\\[${read}(,${read})*]`
  return new RegExp(
    `^{"v":1,"app":${word},"build":${word},"epoch":(0|${number}),"seed":"[\\w-]{43}",` +
      `"coverage":"(image|scripts|entry)",("abi":"[a-z\\d_-]{1,32}",("modules":\\["base"(,"[A-Za-z]\\w*")*],)?)?${reads},("text":{${reads}},)?` +
      `"live":{"show":${words},"run":${words}},"probes":${words}}$`,
  )
})()

const otherVersion = /^{"v":(?!1\b)\d/

/**
 * Reads a plan strictly: its bytes are exactly the `JSON.stringify` of the returned plan, so there are no other or
 * duplicate members, and no other order, number form, space or escape. Nothing is read and no probe is asked
 * before this has returned.
 */
export const parsePlan = /* @__PURE__ */ markLive(
  'assay:live:parse-plan',
  function (bytes: Uint8Array): Plan {
    must(bytes.length <= longestPlan, 'PLAN_TOO_LARGE')
    // Bytes as characters: a plan is ASCII.
    const text = String.fromCharCode(...bytes)
    must(!otherVersion.test(text), 'PLAN_VERSION')
    must(planText.test(text), 'PLAN_MALFORMED')
    const plan = JSON.parse(text) as Plan
    // Of the last character of the seed only four bits count: the others are zero.
    must(decodeBase64url(plan.seed) !== undefined, 'PLAN_MALFORMED')
    const { epoch, live, probes } = plan
    must(epoch >>> 0 === epoch, 'PLAN_BUDGET')
    // Each image has a budget of its own.
    for (const { reads } of [plan, plan.text ?? { reads: [] }]) {
      let left = mostBytes
      for (const { segment, length, count = 1, step = 1 } of reads as readonly AnyRead[]) {
        left -= length * count
        must(
          segment < mostSegments && length <= longestPiece && count <= mostPieces && step <= longestStep,
          'PLAN_BUDGET',
        )
      }
      must(left >= 0 && reads.length <= mostReads, 'PLAN_BUDGET')
    }
    for (const names of [live.show, live.run, probes, plan.modules ?? []]) {
      must(names.length <= mostNames, 'PLAN_BUDGET')
      must(new Set(names).size === names.length, 'PLAN_MALFORMED')
    }
    return plan
  },
)

/** A read, as far as checking the bounds of its numbers needs it. */
interface AnyRead {
  segment: number
  length: number
  count?: number
  step?: number
}
