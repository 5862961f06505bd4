import { asVerified, type Verified } from '../port/verified.ts'
import { checkLiveCode, checkProbes, checkResponse, checkText } from './checks.ts'
import type { SoftwareClaims } from './claims.ts'
import type { SoftwareContext } from './context.ts'
import { descriptor } from './descriptor.ts'
import { SoftwareError, type SoftwareErrorCode } from './errors.ts'
import type { ParsedMeasurement } from './parse.ts'

/** @throws SoftwareError with the code of the first check that fails */
export async function verify(
  parsed: ParsedMeasurement,
  context: SoftwareContext,
): Promise<Verified<SoftwareClaims>> {
  const { app, build, platform, versionCode, channel, enginePins, abi, variant, debuggable } = context.build
  checkProbes(context)
  const { coverage, live, text } = await compared(parsed, context)
  return asVerified(descriptor.name, {
    measured: true,
    app,
    build,
    platform,
    versionCode,
    channel,
    coverage,
    ...(coverage === 'entry' ? { lazy: enginePins ? ('pinned' as const) : ('unmeasured' as const) } : {}),
    ...(context.build.hasServiceWorker ? { serviceWorker: 'unmeasured' as const } : {}),
    ...(abi === undefined ? {} : { abi }),
    ...(variant === undefined ? {} : { variant }),
    debuggable,
    live,
    text,
    // The names are those that were asked.
    probes: Object.freeze({ ...context.probes }),
  })
}

/** What the response shows of the code; nothing if it differs and the service wants to know that. */
async function compared(
  parsed: ParsedMeasurement,
  context: SoftwareContext,
): Promise<Pick<SoftwareClaims, 'coverage' | 'live' | 'text'>> {
  try {
    const outcome = await checkResponse(parsed, context.expected)
    const { coverage } = context.build
    return { coverage, live: checkLiveCode(outcome, context.build), text: await checkText(parsed, context) }
  } catch (error) {
    if (context.claimsDifference !== true || !isDifference(error)) throw error
    return { coverage: 'none', live: 'not_asked', text: 'not_asked' }
  }
}

const differences: readonly SoftwareErrorCode[] = [
  'SOFTWARE_SEGMENTS',
  'SOFTWARE_SEGMENT_MISMATCH',
  'SOFTWARE_RESPONSE_MISMATCH',
]

const isDifference = (error: unknown) => error instanceof SoftwareError && differences.includes(error.code)
