import { expect, test } from 'vitest'
import { readProvisioningInfo } from '../../../src/android-key-attestation/statement/provisioning-info.ts'

const read = (hex: string) => readProvisioningInfo(Buffer.from(hex, 'hex'))
const unknown = { certificatesIssued: undefined, reportedLost: undefined }

test.each([
  ['a10108', { ...unknown, certificatesIssued: 8 }],
  ['a20118200366676f6f676c65', { ...unknown, certificatesIssued: 32 }],
  ['a301182002f50366676f6f676c65', { ...unknown, certificatesIssued: 32 }],
  ['a2010806f4', { certificatesIssued: 8, reportedLost: false }],
  ['a106f5', { ...unknown, reportedLost: true }],
])('%s, as devices have it', (hex, info) => {
  expect(read(hex)).toEqual(info)
})

test.each([
  ['nothing', ''],
  ['no CBOR', 'ff'],
  ['bytes after it', 'a1010800'],
  ['a list', '8108'],
  ['an empty map', 'a0'],
  ['another type', 'a2016138061801'],
  ['a number in place of a choice', 'a10601'],
  ['a number beyond a number', 'a1011bffffffffffffffff'],
])('%s says nothing', (_, hex) => {
  expect(read(hex)).toEqual(unknown)
})

test('an error that is no refusal of the reader passes', () => {
  expect(() => readProvisioningInfo(undefined as unknown as Uint8Array)).toThrow(TypeError)
})
