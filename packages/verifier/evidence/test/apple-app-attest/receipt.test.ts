import { describe, expect, test } from 'vitest'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { buildSignedData, signerInfo } from '../../../codec/test/cms/build-signed-data.ts'
import { indefinite, integer, octets, sequence, set } from '../../../codec/test/der/encode.ts'
import { parseReceipt } from '../../src/apple-app-attest/index.ts'
import { codeOf } from '../codes.ts'

const keys = fixedKeyPair('P-256', 'attested')
const field = (type: number, value: string): Buffer =>
  sequence(integer(type), integer(1), octets(Buffer.from(value)))

function receipt(content: Buffer): Buffer {
  return buildSignedData({
    certificates: [],
    content: octets(content),
    signerInfos: [signerInfo(content, { keys })],
  })
}

test('a receipt is read, and what is unknown in it passed over', () => {
  const content = set(
    field(2, 'ABCDE12345.com.example.app'),
    field(5, 'token'),
    field(6, 'RECEIPT'),
    field(7, 'production'),
    field(12, '2026-11-25T12:00:00.123Z'),
    field(17, '31'),
    field(19, '2026-11-26T12:00:00Z'),
    field(21, '2027-02-23T12:00:00.000Z'),
    field(99, 'new'),
  )
  expect(parseReceipt(receipt(content))).toEqual({
    appId: 'ABCDE12345.com.example.app',
    type: 'RECEIPT',
    environment: 'production',
    riskMetric: 31,
    createdAt: Date.parse('2026-11-25T12:00:00Z') / 1000,
    notBefore: Date.parse('2026-11-26T12:00:00Z') / 1000,
    expiresAt: Date.parse('2027-02-23T12:00:00Z') / 1000,
  })
})

test('missing fields are not reported', () => {
  expect(parseReceipt(receipt(set()))).toStrictEqual({})
})

test('indefinite lengths and strings in segments are read', () => {
  const value = indefinite(0x24, octets(Buffer.from('ATT')), octets(Buffer.from('EST')))
  expect(parseReceipt(receipt(indefinite(0x31, sequence(integer(6), integer(1), value))))).toEqual({
    type: 'ATTEST',
  })
})

describe('APP_ATTEST_RECEIPT', () => {
  test.each([
    ['no CMS', Buffer.from('receipt')],
    ['no content', buildSignedData({ certificates: [], signerInfos: [] })],
    ['no set', receipt(sequence())],
    ['something after the set', receipt(Buffer.concat([set(), integer(1)]))],
    [
      'a field with a member besides',
      receipt(set(sequence(integer(2), integer(1), octets(Buffer.of()), integer(1)))),
    ],
    ['a risk metric that is no number', receipt(set(field(17, '-1')))],
    ['a risk metric with something after it', receipt(set(field(17, '3 ')))],
    ['a time whose year is written out long', receipt(set(field(12, '+002026-11-25T12:00:00Z')))],
    ['a time without zone', receipt(set(field(12, '2026-11-25T12:00:00')))],
    ['a time that does not exist', receipt(set(field(12, '2026-13-25T12:00:00Z')))],
  ])('%s', async (_, encoded) => {
    expect(await codeOf(() => parseReceipt(encoded))).toBe('APP_ATTEST_RECEIPT')
  })
})
