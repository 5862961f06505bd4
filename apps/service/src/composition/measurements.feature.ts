import { createMeasurements, type Measurements } from '../attestation/measurement/measurements.ts'
import type { CheckedConfig } from '../config/service.config.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { Feature } from './feature.ts'

interface MeasurementsParts {
  config: Pick<CheckedConfig, 'random' | 'epochLength' | 'steady'>
  storage: Pick<Storage, 'secrets' | 'builds' | 'blobs'>
}

/** What builds measure to. The digests of the next epoch are computed before it begins. */
export async function composeMeasurements(parts: MeasurementsParts): Promise<Feature<Measurements>> {
  const { random, epochLength, steady } = parts.config
  const { secrets, builds, blobs } = parts.storage
  const measurements = createMeasurements({
    ...{ builds, epochLength },
    segments: blobs,
    epochKey: await secrets.getOrCreate('epoch', () => random(32)),
    clock: steady,
  })
  return { handlers: measurements, jobs: [preparing(measurements, epochLength)] }
}

/** @param epochLength seconds */
function preparing(measurements: Pick<Measurements, 'prepare'>, epochLength: number) {
  const lead = Math.min(120, epochLength / 4)
  return {
    every: (lead / 4) * 1_000,
    first: 0,
    work: (signal: AbortSignal) => measurements.prepare(lead, signal),
  }
}
