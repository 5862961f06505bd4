import { asVerified, type Verified } from '../port/verified.ts'
import { checkLiveCode, checkProbes, checkResponse, checkText } from './checks.ts'
import type { SoftwareClaims } from './claims.ts'
import type { SoftwareContext } from './context.ts'
import { descriptor } from './descriptor.ts'
import type { ParsedMeasurement } from './parse.ts'

/** @throws SoftwareError with the code of the first check that fails */
export async function verify(
  parsed: ParsedMeasurement,
  context: SoftwareContext,
): Promise<Verified<SoftwareClaims>> {
  const { app, build, platform, versionCode, channel, coverage, enginePins, abi, variant, debuggable } =
    context.build
  checkProbes(context)
  const outcome = await checkResponse(parsed, context.expected)
  const live = checkLiveCode(outcome, context.build)
  const text = await checkText(parsed, context)
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
    // Not a literal of a spread alone, which is slow to freeze (ADR 31). The names are those that were asked.
    probes: Object.freeze(Object.assign({}, context.probes)),
  })
}
