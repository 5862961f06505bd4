import type { SoftwareContext } from '../context.ts'
import { SoftwareError } from '../errors.ts'

/** Each probe that the plan asks for is answered, and no other. */
export function checkProbes({ expected, probes }: Pick<SoftwareContext, 'expected' | 'probes'>): void {
  const asked = expected.probes
  if (Object.keys(probes).length !== asked.length || !asked.every((name) => Object.hasOwn(probes, name))) {
    throw new SoftwareError('SOFTWARE_PROBES')
  }
}
