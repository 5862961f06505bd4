import { describe, expect, test, vi } from 'vitest'
import { fixedKeyPair, storedKeyPair } from '@assay/testkit/fixed'
import { bits, integer, nothing, octets, sequence, text } from '../../../../codec/test/der/encode.ts'
import { extension } from '../../../../codec/test/x509/issue-certificate.ts'
import { intermediateCache, type IntermediateCache } from '../../../src/apple-app-attest/index.ts'
import {
  anchor,
  anchorOf,
  attestedKeys,
  attesting,
  basicConstraints,
  genuineIntermediate,
  genuineRoot,
  keyUsage,
  name,
  nonceExtension,
  now,
  refusal,
  spkiOf,
  validity,
  type Changes,
} from '../apple-authority.ts'

const strangers = fixedKeyPair('P-384', 'strangers')
const offCurve = spkiOf(attestedKeys)
offCurve[offCurve.length - 1]! ^= 1
const withoutSeconds = sequence(text('2003180000Z', 0x17), text('3003130000Z', 0x17))

describe('anchor', () => {
  test('APP_ATTEST_ANCHOR: the intermediate names another issuer', async () => {
    expect(await refusal({ intermediate: { issuer: name('Other') } })).toBe('APP_ATTEST_ANCHOR')
  })
  test('and names are the same whatever string type they are written in', async () => {
    expect(await refusal({ intermediate: { issuer: name('Root', 0x13) } })).toBe('accepted')
  })
  test('APP_ATTEST_INTERMEDIATE_SIGNATURE: an anchor of the same name and another key', async () => {
    expect(await refusal({ intermediate: { signer: strangers } })).toBe('APP_ATTEST_INTERMEDIATE_SIGNATURE')
  })
  test('and of several anchors of one name the key decides', async () => {
    const twin = anchorOf({ ...genuineRoot, spki: spkiOf(strangers), signer: strangers })
    expect(await refusal({}, { anchors: [twin, anchor] })).toBe('accepted')
    expect(await refusal({}, { anchors: [twin] })).toBe('APP_ATTEST_INTERMEDIATE_SIGNATURE')
  })
  test('APP_ATTEST_INTERMEDIATE_SIGNATURE: a hash that the profile does not know', async () => {
    expect(await refusal({ intermediate: { hash: 'sha512' } })).toBe('APP_ATTEST_INTERMEDIATE_SIGNATURE')
  })
})

describe('intermediate', () => {
  const withCertificate = (change: (intermediate: Buffer) => Buffer): Changes => ({
    certificates: (leaf, intermediate) => [leaf, change(intermediate)],
  })
  test.each([
    ['a byte after it', withCertificate((each) => Buffer.concat([each, Buffer.of(0)]))],
    ['the end cut off', withCertificate((each) => each.subarray(0, -1))],
    ['nothing', withCertificate(() => Buffer.of())],
    [
      'constraints that are not DER',
      { intermediate: { extensions: [extension('2.5.29.19', Buffer.of(1))] } },
    ],
    [
      'constraints with a string in them',
      { intermediate: { extensions: [basicConstraints(true, octets(Buffer.of()))] } },
    ],
    ['a negative path length', { intermediate: { extensions: [basicConstraints(true, integer(-1))] } }],
    ['dates of another type', { intermediate: { validity: sequence(octets(Buffer.of()), nothing()) } }],
    ['dates without seconds', { intermediate: { validity: withoutSeconds } }],
    ['an issuer that cannot be read', { intermediate: { issuer: sequence(octets(Buffer.of())) } }],
  ])('APP_ATTEST_CERTIFICATE: %s', async (_, changes) => {
    expect(await refusal(changes)).toBe('APP_ATTEST_CERTIFICATE')
  })

  test.each([
    ['no constraints', [keyUsage(0x06)]],
    ['constraints of no authority', [basicConstraints(false), keyUsage(0x06)]],
    ['a key usage without signing certificates', [basicConstraints(true), keyUsage(0x80)]],
    ['an empty key usage', [basicConstraints(true), extension('2.5.29.15', bits(Buffer.of()), true)]],
    ['no extensions', []],
  ])('APP_ATTEST_INTERMEDIATE_CA: %s', async (_, extensions) => {
    expect(await refusal({ intermediate: { extensions } })).toBe('APP_ATTEST_INTERMEDIATE_CA')
  })
  test('and an authority without key usage, or with a path length, is one', async () => {
    for (const extensions of [
      [basicConstraints(true)],
      [basicConstraints(true, integer(3)), keyUsage(0x04)],
    ]) {
      expect(await refusal({ intermediate: { extensions } })).toBe('accepted')
    }
  })
  test('APP_ATTEST_INTERMEDIATE_CA: the leaf of another attestation issues a leaf', async () => {
    const spki = spkiOf(strangers)
    const intermediate = { spki, extensions: [basicConstraints(false)] }
    expect(await refusal({ intermediate, leaf: { signer: strangers } })).toBe('APP_ATTEST_INTERMEDIATE_CA')
  })

  const rsa = storedKeyPair('RSA-2048-1')
  test.each([
    ['RSA', spkiOf(rsa)],
    ['on P-521', spkiOf(fixedKeyPair('P-521', 'any'))],
    ['no key', sequence(sequence(), bits(Buffer.of(1)))],
  ])('APP_ATTEST_INTERMEDIATE_KEY: %s', async (_, spki) => {
    expect(await refusal({ intermediate: { spki } })).toBe('APP_ATTEST_INTERMEDIATE_KEY')
  })
  test("OpenSSL's error for an invalid key is kept as the cause", async () => {
    const noKey = sequence(sequence(), bits(Buffer.of(1)))
    for (const changes of [{ intermediate: { spki: noKey } }, { leaf: { spki: offCurve } }]) {
      const fault: unknown = await attesting(changes).catch((error: unknown) => error)
      expect(fault).toMatchObject({ cause: expect.any(Error) as Error })
    }
  })
  test('and a key on P-256 may issue', async () => {
    const signer = fixedKeyPair('P-256', 'intermediate')
    expect(await refusal({ intermediate: { spki: spkiOf(signer) }, leaf: { signer } })).toBe('accepted')
  })
})

describe('cache of intermediates', () => {
  const watched = (): IntermediateCache => {
    const cache = intermediateCache()
    return { get: vi.fn(cache.get), set: vi.fn(cache.set) }
  }
  test('a second attestation finds the intermediate, and its dates are judged anew', async () => {
    const intermediates = watched()
    await attesting({}, { intermediates })
    await attesting({}, { intermediates })
    expect(intermediates.set).toHaveBeenCalledTimes(1)
    const later = Date.parse('2030-03-14') / 1000
    const leaf = { validity: validity('2030-03-12', '2030-03-16') }
    expect(await refusal({ leaf }, { intermediates, now: later })).toBe('APP_ATTEST_EXPIRED')
  })
  test('an anchor that is no longer trusted does not live on in it', async () => {
    const intermediates = watched()
    await attesting({}, { intermediates })
    const other = anchorOf({ ...genuineRoot, subject: name('Other'), issuer: name('Other') })
    expect(await refusal({}, { intermediates, anchors: [other] })).toBe('APP_ATTEST_ANCHOR')
  })
  test('nothing that was refused gets into it', async () => {
    const intermediates = watched()
    await refusal({ intermediate: { signer: strangers } }, { intermediates })
    await refusal({ intermediate: { extensions: [basicConstraints(false)] } }, { intermediates })
    expect(intermediates.set).not.toHaveBeenCalled()
  })
  test('it holds the last 16', async () => {
    const intermediates = intermediateCache()
    const [first, ...more] = Array.from({ length: 17 }, (_, i) => Buffer.of(i))
    const entry = intermediatesEntry()
    for (const each of [first!, ...more]) intermediates.set(each, entry)
    expect(intermediates.get(first!)).toBeUndefined()
    expect(more.every((each) => intermediates.get(each) === entry)).toBe(true)
  })
})

function intermediatesEntry() {
  const dates = { notBefore: 0, notAfter: 0 }
  return { anchor, key: attestedKeys.publicKey, subject: name('CA 1'), validity: dates }
}

describe('leaf', () => {
  test('APP_ATTEST_ISSUER: it names another issuer', async () => {
    expect(await refusal({ leaf: { issuer: name('Other') } })).toBe('APP_ATTEST_ISSUER')
  })
  test('APP_ATTEST_CERTIFICATE: a name that cannot be read', async () => {
    expect(await refusal({ leaf: { issuer: sequence(octets(Buffer.of())) } })).toBe('APP_ATTEST_CERTIFICATE')
  })
  test('APP_ATTEST_CERTIFICATE: a date without seconds', async () => {
    expect(await refusal({ leaf: { validity: withoutSeconds } })).toBe('APP_ATTEST_CERTIFICATE')
  })
  test('APP_ATTEST_LEAF_SIGNATURE: by another key', async () => {
    expect(await refusal({ leaf: { signer: strangers } })).toBe('APP_ATTEST_LEAF_SIGNATURE')
  })
  test('APP_ATTEST_LEAF_SIGNATURE: a good one under the name of another hash', async () => {
    expect(await refusal({ leaf: { stated: 'sha512' } })).toBe('APP_ATTEST_LEAF_SIGNATURE')
  })
  test('APP_ATTEST_LEAF_SIGNATURE: a good one whose last bit is said not to count', async () => {
    // The bit that does not count must be zero, which it is in one signature of two.
    let isEven = false
    const written = (signature: Buffer) => {
      isEven = signature.at(-1)! % 2 === 0
      return bits(signature, isEven ? 1 : 0)
    }
    for (let verdict: unknown; !isEven;) {
      verdict = await refusal({ leaf: { written } })
      expect(verdict).toBe(isEven ? 'APP_ATTEST_LEAF_SIGNATURE' : 'accepted')
    }
  })
  test('and with SHA-384 it is accepted, with SHA-512 refused', async () => {
    expect(await refusal({ leaf: { hash: 'sha384' } })).toBe('accepted')
    expect(await refusal({ leaf: { hash: 'sha512' } })).toBe('APP_ATTEST_LEAF_SIGNATURE')
  })
  test('certificates in the other order', async () => {
    const certificates: Changes['certificates'] = (leaf, intermediate) => [intermediate, leaf]
    expect(await refusal({ certificates })).toBe('APP_ATTEST_ANCHOR')
  })

  const point = spkiOf(attestedKeys)
  const forAgreement = Buffer.from(point)
  // The last octet of the algorithm's identifier: no standard key for signing.
  forAgreement[12]! ^= 1
  test.each([
    ['of another algorithm, with a point on P-256', forAgreement],
    ['on P-384', spkiOf(fixedKeyPair('P-384', 'any'))],
    ['on secp256k1', spkiOf(fixedKeyPair('secp256k1', 'any'))],
    ['RSA', spkiOf(storedKeyPair('RSA-2048-1'))],
    ['off the curve', offCurve],
    ['compressed', Buffer.concat([point.subarray(0, -65), Buffer.alloc(65, 2)])],
  ])('APP_ATTEST_LEAF_KEY: %s', async (_, spki) => {
    expect(await refusal({ leaf: { spki } })).toBe('APP_ATTEST_LEAF_KEY')
  })
})

describe('critical extensions', () => {
  const strange = extension('1.2.3.4', nothing(), true)
  test('APP_ATTEST_CRITICAL_EXTENSION: in leaf or intermediate', async () => {
    expect(await refusal({ leafExtensions: (nonce) => [strange, nonceExtension(nonce)] })).toBe(
      'APP_ATTEST_CRITICAL_EXTENSION',
    )
    const extensions = [...genuineIntermediate.extensions, strange]
    expect(await refusal({ intermediate: { extensions } })).toBe('APP_ATTEST_CRITICAL_EXTENSION')
  })
  test("an extension that is not critical, or in Apple's arc, is accepted", async () => {
    const harmless = [
      extension('1.2.3.4', nothing()),
      extension('1.2.840.113635.100.8.7', nothing(), true),
      extension('2.5.29.37', sequence(), true),
    ]
    expect(await refusal({ leafExtensions: (nonce) => [...harmless, nonceExtension(nonce)] })).toBe(
      'accepted',
    )
  })
})

describe('dates', () => {
  const at = (iso: string) => Date.parse(iso) / 1000
  test.each([
    ['of the leaf, 5 minutes before its start', {}, at('2026-11-24T10:55:00Z'), 'accepted'],
    ['of the leaf, one second more', {}, at('2026-11-24T10:54:59Z'), 'APP_ATTEST_NOT_YET_VALID'],
    ['of the leaf, 5 minutes after its end', {}, at('2026-11-27T11:05:00Z'), 'accepted'],
    ['of the leaf, one second more', {}, at('2026-11-27T11:05:01Z'), 'APP_ATTEST_EXPIRED'],
    [
      'of the intermediate, over',
      { intermediate: { validity: validity('2020-01-01', '2026-11-25T11:00:00Z') } },
      now,
      'APP_ATTEST_EXPIRED',
    ],
    [
      'of the intermediate, to come',
      { intermediate: { validity: validity('2026-11-25T13:00:00Z', '2030-01-01') } },
      now,
      'APP_ATTEST_NOT_YET_VALID',
    ],
  ] satisfies [string, Changes, number, string][])('%s', async (_, changes, time, verdict) => {
    expect(await refusal(changes, { now: time })).toBe(verdict)
  })
  test('of the anchor', async () => {
    const over = anchorOf({ ...genuineRoot, validity: validity('2020-01-01', '2026-11-25T11:00:00Z') })
    expect(await refusal({}, { anchors: [over] })).toBe('APP_ATTEST_EXPIRED')
  })
})
