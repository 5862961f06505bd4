import { clientErrorCodes } from '@assay/client/codes'
import { expect, it } from 'vitest'
import { createUnsignedReports } from '../../../src/attestation/challenge/unsigned-report.ts'
import type { CountedAttestation } from '../../../src/attestation/model/counted-attestation.ts'

function hearing() {
  const counted: CountedAttestation[] = []
  const traced: string[] = []
  const keep = createUnsignedReports({
    count: (one) => counted.push(one),
    recordTrace: ({ code }) => traced.push(code),
    mayKeep: () => true,
    clock: () => 0,
  })
  const told = (...failures: string[]) => {
    counted.length = 0
    keep({ app: 'com.example', build: '1', failures }, 'trace')
    return counted.map(({ code }) => code)
  }
  return { told, traced }
}

it('counts every code of the SDKs separately', () => {
  expect(hearing().told(...clientErrorCodes)).toEqual(clientErrorCodes)
})

it('counts causes with Assay codes separately', () => {
  const told = ['plan_refused:PLAN_SEGMENT', 'measurement_failed:IMAGE_EMPTY']
  expect(hearing().told(...told)).toEqual(told)
})

it('counts a cause that only a system or a stranger names as its code alone, and keeps it in the trace', () => {
  const { told, traced } = hearing()
  const failures = ['key_store_failed:ENOENT', 'plan_refused:MADE_UP', 'network:PLAN_SEGMENT']
  expect(told(...failures)).toEqual(['key_store_failed', 'plan_refused', 'network'])
  expect(traced).toEqual([failures.join()])
})

it('counts all other texts as one code', () => {
  const { told, traced } = hearing()
  const failures = ['X_1', 'x:plan_refused', ':', 'INSTALLATION_BANNED']
  expect(told(...failures)).toEqual(['other', 'other', 'other', 'other'])
  expect(traced).toEqual([failures.join()])
})
