import { clientErrorCodes } from '@assay/client/codes'
import { expect, it } from 'vitest'
import { createUnsignedReports } from '../../../src/attestation/challenge/unsigned-report.ts'
import type { CountedAttestation } from '../../../src/attestation/model/counted-attestation.ts'

function reporting() {
  const counted: CountedAttestation[] = []
  const traced: string[] = []
  const keep = createUnsignedReports({
    count: (one) => counted.push(one),
    recordTrace: ({ code }) => traced.push(code),
    mayKeep: () => true,
    clock: () => 0,
  })
  const codesOf = (...failures: string[]) => {
    counted.length = 0
    keep({ app: 'com.example', build: '1', failures }, 'trace')
    return counted.map(({ code }) => code)
  }
  return { codesOf, traced }
}

it('counts every code of the SDKs separately', () => {
  expect(reporting().codesOf(...clientErrorCodes)).toEqual(clientErrorCodes)
})

it('counts causes with Assay codes separately', () => {
  const failures = ['plan_refused:PLAN_SEGMENT', 'measurement_failed:IMAGE_EMPTY']
  expect(reporting().codesOf(...failures)).toEqual(failures)
})

it('counts a cause that only a system or a stranger names as its code alone, and keeps it in the trace', () => {
  const { codesOf, traced } = reporting()
  const failures = ['key_store_failed:ENOENT', 'plan_refused:MADE_UP', 'network:PLAN_SEGMENT']
  expect(codesOf(...failures)).toEqual(['key_store_failed', 'plan_refused', 'network'])
  expect(traced).toEqual([failures.join()])
})

it('counts all other texts as one code', () => {
  const { codesOf, traced } = reporting()
  const failures = ['X_1', 'x:plan_refused', ':', 'INSTALLATION_BANNED']
  expect(codesOf(...failures)).toEqual(['other', 'other', 'other', 'other'])
  expect(traced).toEqual([failures.join()])
})
