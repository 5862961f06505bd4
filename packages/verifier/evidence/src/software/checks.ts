import { timingSafeEqual } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { LiveOutcome, Tag } from '@assay/measurement'
import { decodeBase64url } from '@assay/protocol'
import type { SoftwareClaims } from './claims.ts'
import type { ExpectedMeasurement, MeasuredBuild, SoftwareContext } from './context.ts'
import { SoftwareError } from './errors.ts'
import type { ParsedMeasurement, ParsedResponse } from './parse.ts'

/** Exactly the probes that the plan asks for must be answered. */
export function checkProbes({ expected, probes }: Pick<SoftwareContext, 'expected' | 'probes'>): void {
  const asked = expected.probes
  if (Object.keys(probes).length !== asked.length || !asked.every((name) => Object.hasOwn(probes, name))) {
    throw new SoftwareError('SOFTWARE_PROBES')
  }
}

/**
 * The response must be the expected one, which alone decides: tags prove nothing beyond it. If it differs, the tags
 * show the operator how.
 */
export async function checkResponse(
  { response, tags }: ParsedResponse,
  expected: ExpectedMeasurement,
): Promise<LiveOutcome> {
  const outcome = await expected.compare(response)
  if (outcome.matches) return outcome.live
  const live = tags.some(({ name }) => name.startsWith('live:')) ? 'shown' : 'absent'
  checkSegments(tags, await expected.tags(live))
  throw new SoftwareError('SOFTWARE_RESPONSE_MISMATCH')
}

/** Characters of a name that only the app gave, in what is kept of it. */
const longestForeignName = 128

/** The measured segments must be those of the build, by name and order, and then each by its tag. */
export function checkSegments(measured: ParsedMeasurement['tags'], registered: readonly Tag[]): void {
  const names = measured.map(({ name }) => name)
  const expected = orderedAsMembers(registered)
  if (!isDeepStrictEqual(names, expected))
    throw new SoftwareError('SOFTWARE_SEGMENTS', differences(names, expected))
  const byName = new Map(registered.map(({ name, tag }) => [name, tag]))
  const [first, ...more] = measured
    .filter(
      ({ name, tag }) => !timingSafeEqual(decodeBase64url(tag) as Uint8Array, byName.get(name) as Uint8Array),
    )
    .map(({ name }) => name)
  if (first !== undefined) throw new SoftwareError('SOFTWARE_SEGMENT_MISMATCH', [first, ...more])
}

function differences(names: readonly string[], expected: readonly string[]): string[] {
  const [isNamed, isExpected] = [new Set(names), new Set(expected)]
  return [
    ...expected.filter((name) => !isNamed.has(name)).map((name) => `missing:${name}`),
    ...names
      .filter((name) => !isExpected.has(name))
      .map((name) => `unregistered:${name.slice(0, longestForeignName)}`),
  ]
}

/** Objects put members whose names are array indices first, so that a parsed list does not keep their places. */
function orderedAsMembers(tags: readonly Tag[]): string[] {
  return Object.keys(Object.fromEntries(tags.map(({ name }) => [name, name])))
}

/**
 * A response without source is trusted only from an engine that shows none: otherwise leaving the step out would bypass
 * it.
 */
export function checkLiveCode(
  live: LiveOutcome,
  build: Pick<MeasuredBuild, 'showsSource' | 'hasFunctions'>,
): SoftwareClaims['live'] {
  switch (live) {
    case 'shown':
      return 'matched'
    case 'absent':
      if (build.showsSource) throw new SoftwareError('SOFTWARE_LIVE_CODE')
      return 'absent'
    case 'not_asked':
      return build.hasFunctions ? 'not_asked' : 'not_applicable'
  }
}

/**
 * The second image. A different response is a finding, not a refusal; leaving `text` out if the plan asks for it, or
 * sending it if the plan does not, is a refusal.
 */
export async function checkText(
  { text }: Pick<ParsedMeasurement, 'text'>,
  { text: compare }: Pick<SoftwareContext, 'text'>,
): Promise<SoftwareClaims['text']> {
  if ((text === undefined) !== (compare === undefined)) throw new SoftwareError('SOFTWARE_TEXT')
  if (text === undefined || compare === undefined) return 'not_asked'
  if (text === null) return 'absent'
  const { matches } = await compare(text.response)
  return matches ? 'matched' : 'differs'
}
