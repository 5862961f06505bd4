import { asVerified, type Verified } from '../port/verified.ts'
import { checkLiveCode, checkProbes, checkResponse } from './checks.ts'
import type { SoftwareClaims } from './claims.ts'
import type { SoftwareContext } from './context.ts'
import { descriptor } from './descriptor.ts'
import type { ParsedMeasurement } from './parse.ts'

/** @throws SoftwareError with the code of the first check that does not hold */
export async function verify(
  parsed: ParsedMeasurement,
  context: SoftwareContext,
): Promise<Verified<SoftwareClaims>> {
  const { app, build, platform, versionCode, coverage, debuggable } = context.build
  checkProbes(context)
  const outcome = await checkResponse(parsed, context.expected)
  const live = checkLiveCode(outcome, context.build)
  return asVerified(descriptor.name, {
    measured: true,
    app,
    build,
    platform,
    versionCode,
    coverage,
    debuggable,
    live,
    probes: Object.freeze({ ...context.probes }),
  })
}
