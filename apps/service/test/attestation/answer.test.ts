import type { AttestationRequest } from '@assay/protocol'
import type { AttestationTrace, VouchedDevice } from '@assay/protocol/schemas'
import { expect, it } from 'vitest'
import { createAttestationUseCases } from '../../src/attestation/answer.ts'
import type { Sender } from '../../src/attestation/submission.ts'
import { AttestationRefused, outcomeOf } from '../../src/attestation/model/outcome.ts'
import { newTally, type CountedAttestation } from '../../src/attestation/model/counted-attestation.ts'
import { ProblemError } from '../../src/faults/problem-error.ts'

const sender: Sender = { network: '', userAgent: 'Dalvik/2.1.0 (Linux; U; Android 16; Pixel 9 Build/X)' }

/** What is counted and kept of this many attestations that end so, where one request to enrol may be kept. */
async function answered(
  fault: () => Error,
  {
    isRefresh = true,
    times = 3,
    isSigned = true,
    userAgent = sender.userAgent,
    device = null as VouchedDevice | null,
    freshOsVersion = null as string | null,
  } = {},
) {
  const counted: CountedAttestation[] = []
  const kept: AttestationTrace[] = []
  let mayKeep = 1
  const { attest } = createAttestationUseCases({
    attest: async (_request, trace) => ({
      outcome: outcomeOf(fault(), trace),
      about: { app: 'app', build: '1' },
      ...{ isSigned, isRepeat: false, tally: { ...newTally(), isRefresh, device, freshOsVersion } },
      installation: isSigned
        ? { key: 'key', audiences: ['https://api.example'], reference: 'user 1' }
        : undefined,
    }),
    recordTrace: (trace) => kept.push(trace),
    mayKeepUnsigned: () => false,
    mayKeepRepeat: () => false,
    mayKeepMustEnrol: () => mayKeep-- > 0,
    count: (one) => counted.push(one),
    elapsed: () => 0,
    onSeen: () => undefined,
    onReference: () => undefined,
    remedyFor: async () => undefined,
    pseudonymOf: (...of) => Buffer.from(of.join()).toString('base64url'),
    referenceOf: (app, reference) => Buffer.from(`${app} ${reference}`),
    clock: () => 1_790_000_000_000,
  })
  for (let i = 0; i < times; i++)
    await expect(attest({} as AttestationRequest, `trace ${i}`, { ...sender, userAgent })).rejects.toThrow()
  return { counted, kept }
}

it('does not count a request to enrol as a refusal, and keeps few traces of them', async () => {
  const { counted, kept } = await answered(() => new ProblemError('enrolment_required'))
  expect(counted).toHaveLength(3)
  expect(counted[0]).toMatchObject({ outcome: 'must_enrol', code: 'enrolment_required' })
  expect(kept).toMatchObject([{ trace: 'trace 0', outcome: 'denied', code: 'enrolment_required' }])
})

it('counts it as a refusal where the client has enrolled already', async () => {
  const { counted, kept } = await answered(() => new ProblemError('enrolment_required'), { isRefresh: false })
  expect(counted[0]).toMatchObject({ outcome: 'refused', code: 'enrolment_required' })
  expect(kept).toHaveLength(3)
})

it('counts every refusal, and keeps its trace', async () => {
  const { counted, kept } = await answered(() => new AttestationRefused('TIER_NOT_ADMITTED'))
  expect(counted[0]).toMatchObject({ outcome: 'refused', code: 'TIER_NOT_ADMITTED' })
  expect(kept).toHaveLength(3)
})

it('counts whose it was, with the OS version of new evidence, the sender, or old evidence; nobody without a proof', async () => {
  const userOf = async (more: object) =>
    (await answered(() => new AttestationRefused('X'), { times: 1, ...more })).counted[0]?.user
  expect(await userOf({})).toEqual({ installation: 'key', osVersion: 'Android 16', vouchedBy: undefined })
  const device = { os_version: 'Android 17', patch_level: null }
  const fresh = { device, freshOsVersion: 'Android 17' }
  expect(await userOf(fresh)).toEqual({ installation: 'key', osVersion: 'Android 17', vouchedBy: undefined })
  expect(await userOf({ device })).toEqual({
    installation: 'key',
    osVersion: 'Android 16',
    vouchedBy: undefined,
  })
  expect(await userOf({ device, userAgent: '' })).toEqual({
    installation: 'key',
    osVersion: 'Android 17',
    vouchedBy: undefined,
  })
  expect(await userOf({ isSigned: false })).toBeUndefined()
})
