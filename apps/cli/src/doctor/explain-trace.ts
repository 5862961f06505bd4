import type { SegmentSummary } from '@assay/protocol'
import type { App, AttestationTrace, Build, RefusalCount, ShownTrace } from '@assay/protocol/schemas'
import type { Explanation, Explain } from '../faults/explanations.ts'
import { refusalsOf } from './activity.ts'
import { possibleWrappers, recogniseWrappers, type Recognised } from '../stores/recognise.ts'
import { areMany, shareInWords } from './recent.ts'
import { readEar, type TraceAppraisal } from './read-ear.ts'
import type { TraceRecord } from './read-trace-record.ts'

/**
 * Where the cause lies, as far as the numbers show: in the build, when none of its devices ever passed; in `many` devices,
 * when many with the same build are refused alike at the moment; in the device, when others with the same build pass at
 * the moment; `open` otherwise. A malfunction lies in the service. `store`: the app was changed on its way to devices, as
 * a known option of a store does.
 */
export type TraceScope = 'build' | 'many' | 'device' | 'open' | 'service' | 'store'

/** A segment that the trace names: one of the code image, or a function of the SDK as the engine shows it. */
export interface DifferingSegment {
  name: string
  /** Null: the build has no such segment; undefined: the key does not see it. */
  registered: SegmentSummary | null | undefined
}

export interface TraceExplanation {
  /** Its `registered_build` and `apis` are known to every key that may see the trace. */
  trace: ShownTrace
  explanation: Explanation
  appraisal: TraceAppraisal | null
  scope: TraceScope
  segments: DifferingSegment[]
  /** What is known to change apps in this way, after their release was built. */
  explained_by: Recognised[]
  /** The other build of the app whose bytes the differing segments have. */
  bytes_of: string | null
  app: Pick<App, 'evidence' | 'optional_evidence' | 'policy'> | null
  /** All of it; null: it is not registered, or the key does not see it (`trace.may_read_all`). */
  build: Omit<Build, 'segments'> | null
  /** Refusals of this build on the days that the service counted, the most frequent first. */
  refusals: RefusalCount[]
  other_builds: { id: string; state: Build['state']; version_code: number; last_seen_at: string | null }[]
}

/** With the id of a build: the segments that differ have its bytes. */
const ofBuild = 'build:'

export function explainTrace(
  { trace, app, build, builds, activity }: TraceRecord,
  explain: Explain,
): TraceExplanation {
  const seenOf = (id: string) => activity?.builds.find(({ build }) => build === id)?.last_seen_at ?? null
  const wrappers = wrappersOf(trace)
  return {
    trace,
    explanation: explainedByWrappers(explain(trace.code), wrappers),
    appraisal: readEar(trace, explain),
    scope: wrappers.some(({ certainty }) => certainty === 'likely') ? 'store' : scopeOf(trace),
    segments: trace.segments
      .filter((name) => !name.startsWith(ofBuild))
      .map((name) => ({
        name,
        registered: trace.may_read_all
          ? (build?.segments.find((segment) => segment.name === name.replace(/^missing:/, '')) ?? null)
          : undefined,
      })),
    explained_by: wrappers,
    bytes_of: trace.segments.find((name) => name.startsWith(ofBuild))?.slice(ofBuild.length) ?? null,
    app:
      app === undefined
        ? null
        : {
            evidence: app.evidence,
            optional_evidence: app.optional_evidence,
            policy: app.policy,
          },
    build: build === undefined ? null : withoutSegments(build),
    refusals: refusalsOf(activity?.refusals ?? [], trace.build),
    other_builds: builds
      .filter(({ id }) => id !== trace.build)
      .map(({ id, state, version_code }) => ({ id, state, version_code, last_seen_at: seenOf(id) })),
  }
}

const unregistered = 'unregistered:'

/** By the segments that the trace names: those that the build does not have, or those whose bytes differ. */
function wrappersOf({ code, segments }: AttestationTrace): Recognised[] {
  if (code === 'SOFTWARE_SEGMENT_MISMATCH') return possibleWrappers(segments)
  if (code !== 'SOFTWARE_SEGMENTS') return []
  const added = segments.filter((name) => name.startsWith(unregistered))
  return recogniseWrappers(added.map((name) => name.slice(unregistered.length)))
}

/** Names what changed the app, in place of advice that takes the file or the device for the cause. */
function explainedByWrappers(explanation: Explanation, wrappers: readonly Recognised[]): Explanation {
  const likely = wrappers.filter(({ certainty }) => certainty === 'likely')
  if (likely.length > 0) {
    const meaning = likely.map(({ name, does }) => `This looks like ${name}, ${does}.`).join(' ')
    const action = likely.map((one) => one.action).join(' ')
    return {
      ...explanation,
      meaning: `${explanation.meaning} ${meaning}`,
      action: `${action} Anyone can give a file this name: register only what you got from the store yourself.`,
    }
  }
  if (wrappers.length === 0) return explanation
  const possible = wrappers.map(({ name }) => name).join(' or ')
  return {
    ...explanation,
    meaning: `${explanation.meaning} Only dex files differ: so they do after ${possible}, and in an app that was patched.`,
    action: `Compare with what a device gets from the store: \`assay build diff BUILD --file device.zip\` tells which it is. ${explanation.action}`,
  }
}

/** @param seen when a device with this build last passed, in words */
export function scopeInWords(
  {
    scope,
    trace: { recent },
    explained_by: wrappers,
  }: Pick<TraceExplanation, 'scope' | 'trace' | 'explained_by'>,
  seen: string,
): string {
  const { passed, refused, alike } = recent.now
  const lately = `of ${passed + refused} attestations with this build in the last 15 minutes`
  const dexOnly =
    wrappers.length === 0
      ? ''
      : ' But only dex files differ: perhaps all devices that have the app from a store.'
  switch (scope) {
    case 'store':
      return `Probably all that have the app from where it was changed: ${wrappers.map(({ name }) => name).join(', ')}. ${lately.replace(/^of/, 'Of')} ${passed} passed, and ${alike} were refused like this one.`
    case 'service':
      return 'Neither: the service had a fault. This says nothing about the device, which may try again.'
    case 'build':
      return 'Probably all: no device with this build has ever passed. Check what is registered first: build, evidence, policy.'
    case 'many':
      return `Probably many: ${lately} ${alike} were refused like this one; on the day before: ${shareInWords(recent.before)}. Look at what changed: a release, a policy, a vendor.`
    case 'device':
      return `Probably this device: others with the same build pass. ${lately.replace(/^of/, 'Of')} ${passed} passed, and ${alike} were refused like this one.${dexOnly}`
    case 'open':
      return `Unknown: ${lately}, ${passed} passed and ${alike} were refused like this one, too few to tell (last passed: ${seen}).${dexOnly}`
  }
}

function scopeOf({ outcome, recent, registered_build: build }: ShownTrace): TraceScope {
  if (outcome === 'malfunction') return 'service'
  if ((build?.last_seen_at ?? null) === null && recent.now.passed === 0) return 'build'
  if (areMany(recent)) return 'many'
  return recent.now.passed > 0 ? 'device' : 'open'
}

function withoutSegments(build: Build): Omit<Build, 'segments'> {
  const { segments: _segments, ...rest } = build
  return rest
}
