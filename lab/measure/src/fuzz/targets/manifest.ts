import { MeasurementError, parseManifest } from '@assay/measurement'
import { measurementErrorCodes } from '@assay/measurement/codes'
import { outcomeOfThrowing } from '../target/refusals.ts'
import type { Target } from '../target/target.ts'

const manifest = {
  v: 1,
  sdk: 'assay/1.0.0',
  functions: { 'parse-plan': { segment: 'assets/app.js', offset: 10, length: 200 } },
  exercises: ['plan.1'],
  probes: ['js.natives'],
}

/** The SDK manifest that is kept with a build. */
export const target: Target = {
  run: (input) => outcomeOfThrowing(() => parseManifest(input), MeasurementError, measurementErrorCodes),
  seeds: [manifest, { ...manifest, probes: ['a', 'a'] }, { ...manifest, functions: [] }, null].map((value) =>
    Buffer.from(JSON.stringify(value)),
  ),
}
