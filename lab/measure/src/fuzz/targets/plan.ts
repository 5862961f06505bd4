import { MeasurementError, parsePlan } from '@assay/measurement'
import { measurementErrorCodes } from '@assay/measurement/codes'
import { outcomeOfThrowing } from '../target/refusals.ts'
import type { Target } from '../target/target.ts'

const range = { op: 'range', segment: 0, length: 512 }
const plan = {
  v: 1,
  app: 'com.example.app',
  build: '1.0+1',
  epoch: 7,
  seed: Buffer.alloc(32).toString('base64url'),
  coverage: 'image',
  reads: [
    range,
    { op: 'stride', segment: 1, length: 128, count: 4, step: 1000 },
    { op: 'walk', segment: 2, length: 128, count: 4 },
  ],
  live: { show: ['parse-plan'], run: ['plan.1'] },
  probes: ['js.natives'],
}

/** The measurement plan, as the SDK reads it. */
export const target: Target = {
  run: (input) => outcomeOfThrowing(() => parsePlan(input), MeasurementError, measurementErrorCodes),
  seeds: [
    plan,
    { ...plan, v: 2 },
    { ...plan, reads: [] },
    { ...plan, reads: [{ op: 'range', segment: 0, length: 4097 }] },
    { ...plan, reads: [{ ...plan.reads[2], op: 'other' }] },
    { ...plan, reads: Array.from({ length: 65 }, () => range) },
    {
      ...plan,
      reads: Array.from({ length: 60 }, () => ({ op: 'walk', segment: 1, length: 4096, count: 64 })),
    },
    { ...plan, probes: ['a', 'a'] },
    { ...plan, epoch: -1 },
    { ...plan, coverage: 'none' },
  ].map((value) => Buffer.from(JSON.stringify(value))),
}
