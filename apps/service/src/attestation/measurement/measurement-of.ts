import { hash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { parsePlan } from '@assay/measurement'
import { ProblemError } from '../../faults/problem-error.ts'
import type { BuildImage } from '../model/build-image.ts'
import type { StatedPlan } from '../model/read-client-data.ts'
import type { BuildDigests } from './build-digests.ts'
import type { Measurements, PlannedBuild } from './measurements.ts'

export interface MeasurementPorts {
  measurements: Pick<Measurements, 'issued' | 'ready' | 'digest'>
  /** Milliseconds to wait for a digest that is being computed. */
  patience: number
}

/** What a client says it was asked to measure. */
export interface MeasurementAsked {
  build: BuildImage
  epoch: number
  /** Names of the probes that are on for the app. */
  probes: readonly string[]
  /** As client data states it. The challenge's MAC covers it. */
  plan: StatedPlan
}

/**
 * What the client was asked to measure, and the digests of the registered build.
 *
 * @throws ProblemError `challenge_invalid`, `temporarily_unavailable`
 */
export async function measurementOf(
  { build, epoch, probes, plan }: MeasurementAsked,
  { measurements, patience }: MeasurementPorts,
): Promise<{ planned: PlannedBuild; digests: BuildDigests }> {
  const key = { abi: build.splits === null ? undefined : abiOf(plan), ...build }
  const digest = plan.isNamed ? plan.digest : hash('sha256', plan.bytes, 'buffer')
  const planned = await measurements.issued(key, epoch, probes, digest)
  // Another build has been registered under this name since the challenge was issued.
  if (planned === undefined) throw new ProblemError('challenge_invalid')
  const digests =
    measurements.ready(key, epoch, planned) ?? (await soon(measurements.digest(key, epoch), patience))
  if (digests === undefined) throw new ProblemError('temporarily_unavailable', { retryAfter: 1 })
  return { planned, digests }
}

/** A plan that is sent back has the ABI in it. */
function abiOf(plan: StatedPlan): string | undefined {
  return plan.isNamed ? plan.abi : parsePlan(plan.bytes).abi
}

/** What `promise` resolves to, or `undefined` if that takes too long. */
async function soon<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  const done = new AbortController()
  const late = wait(milliseconds, undefined, { signal: done.signal, ref: false }).catch(() => undefined)
  try {
    return await Promise.race([promise, late])
  } finally {
    done.abort()
  }
}
