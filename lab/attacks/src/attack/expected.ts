import type { Expected, Level } from './attack.ts'

/**
 * The expected outcomes of an attack at each level. Review an `expected` like code: a change to one says that Assay stops
 * more, or less, than before. The codes are those that the operator sees; callers see less.
 */

export const through: Expected = { outcome: 'through' }
/** Several codes: in alphabetical order, separated by commas. */
export const refusedWith = (code: string): Expected => ({ outcome: 'refused', code })
export const notApplicable = (reason: string): Expected => ({ outcome: 'not-applicable', reason })

export const noSecret = 'the API asks for no credential at this level'
export const noMeasurement = 'nobody looks at the code of the app at this level'
export const noRegistration = 'builds are not registered anywhere at this level'
export const noChallenge = 'the app is not challenged at this level'
export const noService = 'there is no attestation service at this level'
export const noToken = 'there are no tokens and proofs at this level'
export const noHardware = 'no hardware vouches for anything at this level'
export const noGuard = 'there is no guard to get past at this level'

/** The same with and without hardware, unless `hardware` says otherwise. */
export function atEachLevel(
  unprotected: Expected,
  embeddedSecret: Expected,
  software: Expected,
  hardware = software,
): Record<Level, Expected> {
  return {
    unprotected,
    'embedded-secret': embeddedSecret,
    'assay-software': software,
    'assay-hardware': hardware,
  }
}

/** Not applicable below Assay, for this reason. */
export function onlyAssay(reason: string, software: Expected, hardware = software): Record<Level, Expected> {
  return atEachLevel(notApplicable(reason), notApplicable(reason), software, hardware)
}

export function onlyHardware(hardware: Expected): Record<Level, Expected> {
  return onlyAssay(noHardware, notApplicable(noHardware), hardware)
}
