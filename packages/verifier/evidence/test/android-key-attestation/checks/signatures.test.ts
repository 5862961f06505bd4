import { createPublicKey } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { androidKeyAttestation, issuerKeys } from '../../../src/android-key-attestation/index.ts'
import {
  bits,
  boolean,
  context,
  integer,
  nothing,
  octets,
  oid,
  sequence,
} from '../../../../codec/test/der/encode.ts'
import { extension } from '../../../../codec/test/x509/issue-certificate.ts'
import { codeOf } from '../../codes.ts'
import { chainOf, contextWith, itemOf, keys, spkiOf, verifying } from '../phone.ts'

const both = ['factory', 'remote'] as const

test.each(both)('%s: a certificate signed by another key is ANDROID_KEY_SIGNATURE', async (kind) => {
  for (const i of [0, 1, 2]) {
    const certificates = { [i]: { by: keys.other, hash: 'sha256' as const } }
    expect(await codeOf(() => verifying({ kind, certificates }))).toBe('ANDROID_KEY_SIGNATURE')
  }
})

test.each(both)('%s: a byte changed after signing is ANDROID_KEY_SIGNATURE', async (kind) => {
  for (const i of [0, 1, 2]) {
    const assemble = (tbs: Buffer, algorithm: Buffer, signature: Buffer) => {
      const changed = Buffer.from(signature)
      changed[changed.length - 1]! ^= 1
      return sequence(tbs, algorithm, bits(changed))
    }
    expect(await codeOf(() => verifying({ kind, certificates: { [i]: { assemble } } }))).toBe(
      'ANDROID_KEY_SIGNATURE',
    )
  }
})

test.each(both)(
  '%s: a signature whose last bit is said not to count is ANDROID_KEY_SIGNATURE',
  async (kind) => {
    for (const i of [0, 1, 2]) {
      // The bit that does not count must be zero, which it is in one signature of two.
      let isEven = false
      const assemble = (tbs: Buffer, algorithm: Buffer, signature: Buffer) => {
        isEven = signature.at(-1)! % 2 === 0
        return sequence(tbs, algorithm, bits(signature, isEven ? 1 : 0))
      }
      for (let verdict: unknown; !isEven;) {
        verdict = await codeOf(() => verifying({ kind, certificates: { [i]: { assemble } } }))
        expect(verdict).toBe(isEven ? 'ANDROID_KEY_SIGNATURE' : 'accepted')
      }
    }
  },
)

test('a signature that is not even one: ANDROID_KEY_SIGNATURE', async () => {
  const assemble = (tbs: Buffer, algorithm: Buffer) => sequence(tbs, algorithm, bits(Buffer.alloc(0)))
  expect(await codeOf(() => verifying({ certificates: { 0: { assemble } } }))).toBe('ANDROID_KEY_SIGNATURE')
})

test.each(['sha256', 'sha384', 'sha512'] as const)('ECDSA and RSA with %s, under any key', async (hash) => {
  const rsa = { 1: { by: keys.rsa, hash }, 2: { spki: spkiOf(keys.rsa), hash } }
  expect(await codeOf(() => verifying({ certificates: { 0: { hash }, 1: { hash }, 2: { hash } } }))).toBe(
    'accepted',
  )
  expect(await codeOf(() => verifying({ certificates: rsa }))).toBe('accepted')
})

test('parameters of an algorithm: NULL or none', async () => {
  const rsa = oid('1.2.840.113549.1.1.11')
  const signed = (algorithm: Buffer) => ({
    certificates: { 1: { by: keys.rsa, algorithm }, 2: { spki: spkiOf(keys.rsa) } },
  })
  expect(await codeOf(() => verifying(signed(sequence(rsa, nothing()))))).toBe('accepted')
  expect(await codeOf(() => verifying(signed(sequence(rsa, integer(1)))))).toBe('ANDROID_KEY_CERTIFICATE')
  expect(await codeOf(() => verifying(signed(sequence(rsa, nothing(), nothing()))))).toBe(
    'ANDROID_KEY_CERTIFICATE',
  )
})

test('another algorithm than RSA or ECDSA with SHA-2: ANDROID_KEY_ALGORITHM', async () => {
  const sha1 = { 1: { by: keys.rsa, hash: 'sha1' as const }, 2: { spki: spkiOf(keys.rsa) } }
  expect(await codeOf(() => verifying({ certificates: sha1 }))).toBe('ANDROID_KEY_ALGORITHM')
  const mlDsa = { 0: { algorithm: sequence(oid('2.16.840.1.101.3.4.3.18')) } }
  expect(await codeOf(() => verifying({ certificates: mlDsa }))).toBe('ANDROID_KEY_ALGORITHM')
})

test('an algorithm that does not fit the key of the issuer: ANDROID_KEY_ALGORITHM', async () => {
  const crossed = { 0: { algorithm: sequence(oid('1.2.840.113549.1.1.11')) } }
  expect(await codeOf(() => verifying({ certificates: crossed }))).toBe('ANDROID_KEY_ALGORITHM')
})

const mlDsaKey = sequence(sequence(oid('2.16.840.1.101.3.4.3.18')), bits(Buffer.alloc(1952, 7)))

test.each(both)('%s: a key of an issuer that Node cannot load is ANDROID_KEY_ALGORITHM', async (kind) => {
  for (const i of [1, 2]) {
    expect(await codeOf(() => verifying({ kind, certificates: { [i]: { spki: mlDsaKey } } }))).toBe(
      'ANDROID_KEY_ALGORITHM',
    )
  }
})

test("OpenSSL's error for a key that it cannot load is kept as the cause", async () => {
  const certificates = { 1: { spki: sequence(sequence(oid('1.2.3')), bits(Buffer.of(1))) } }
  const fault: unknown = await verifying({ certificates }).catch((error: unknown) => error)
  expect(fault).toMatchObject({ code: 'ANDROID_KEY_ALGORITHM', cause: expect.any(Error) as Error })
})

test('the key of the leaf is not loaded, of whatever kind it is', async () => {
  expect(() => createPublicKey({ key: mlDsaKey, format: 'der', type: 'spki' })).toThrow()
  for (const spki of [mlDsaKey, spkiOf(keys.rsa), sequence(sequence(oid('1.2.3')), bits(Buffer.alloc(3)))]) {
    expect(await codeOf(() => verifying({ certificates: { 0: { spki } } }))).toBe('accepted')
  }
})

test("X.509's rules for issuers do not apply: real devices break them", async () => {
  const flag = Buffer.of(1, 1, 1)
  const odd = [
    extension('2.5.29.19', sequence(), flag),
    extension('2.5.29.15', bits(Buffer.of(0x80), 7), boolean(0x42)),
    extension('2.5.29.31', Buffer.from('no distribution point')),
    extension('2.5.29.36', sequence(context(0, integer(0)))),
    extension('1.2.3.4', octets(Buffer.of(1)), boolean()),
  ]
  for (const i of [0, 1, 2, 3]) {
    const statement = i === 0 ? { 0: {} } : { [i]: { extensions: odd } }
    expect(await codeOf(() => verifying({ certificates: statement }))).toBe('accepted')
  }
})

test.each([
  ['factory', 1],
  ['remote', 2],
] as const)(
  '%s: keys of shared issuers are loaded once, and looked up by their whole path',
  async (kind, shared) => {
    const issuers = issuerKeys()
    const set = vi.spyOn(issuers, 'set')
    const parsed = androidKeyAttestation.parse(itemOf(chainOf({ kind })))
    await androidKeyAttestation.verify(parsed, contextWith({ issuers }))
    expect(set).toHaveBeenCalledTimes(4 - shared)
    await androidKeyAttestation.verify(parsed, contextWith({ issuers }))
    expect(set).toHaveBeenCalledTimes(4 - shared)
    const [, ...above] = chainOf({ kind })
    for (const leaf of [chainOf({ kind })[0]!, chainOf({ kind })[0]!]) {
      const phone = androidKeyAttestation.parse(itemOf([leaf, ...above]))
      await androidKeyAttestation.verify(phone, contextWith({ issuers }))
    }
    // Signed again: all but the anchor's key.
    expect(set).toHaveBeenCalledTimes(2 * (4 - shared) - 1)
    const entries = () => new Set(set.mock.calls.map(([path]) => path)).size
    expect(entries()).toBe(4 - shared)
    await verifying({ kind, certificates: { 2: { serial: 0xb2 } } }, { issuers })
    expect(entries()).toBe(4 - shared + (shared === 1 ? 2 : 1))
  },
)

test('a key that is at hand vouches for its own path only', async () => {
  const issuers = issuerKeys()
  await verifying({}, { issuers })
  const forged = { 2: { by: keys.other, hash: 'sha256' as const } }
  expect(await codeOf(() => verifying({ certificates: forged }, { issuers }))).toBe('ANDROID_KEY_SIGNATURE')
  expect(await codeOf(() => verifying({ certificates: { 0: { by: keys.other } } }, { issuers }))).toBe(
    'ANDROID_KEY_SIGNATURE',
  )
})

test('a certificate that does not verify leaves no key in the cache', async () => {
  const issuers = issuerKeys()
  const set = vi.spyOn(issuers, 'set')
  const forged = { 1: { by: keys.other } }
  await codeOf(() => verifying({ certificates: forged }, { issuers }))
  // Those of root and intermediate, which are genuine.
  expect(set).toHaveBeenCalledTimes(2)
})

test('roots that somebody made up around an anchor key drive no key out', async () => {
  const issuers = issuerKeys(3)
  await verifying({}, { issuers })
  const set = vi.spyOn(issuers, 'set')
  for (let serial = 1; serial <= 8; serial++) {
    const certificates = { 2: { by: keys.other, hash: 'sha256' as const }, 3: { serial } }
    expect(await codeOf(() => verifying({ certificates }, { issuers }))).toBe('ANDROID_KEY_SIGNATURE')
  }
  expect(set).not.toHaveBeenCalled()
})

test('a signature that is written in another way is verified anew, and takes no place of its own', async () => {
  const issuers = issuerKeys()
  const set = vi.spyOn(issuers, 'set')
  const chain = chainOf({})
  await androidKeyAttestation.verify(androidKeyAttestation.parse(itemOf(chain)), contextWith({ issuers }))
  const paths = () => new Set(set.mock.calls.map(([path]) => path)).size
  const before = paths()
  const certificates = { 1: {}, 2: {} }
  await verifying({ certificates }, { issuers })
  expect(paths()).toBe(before)
  const forged = { 1: { by: keys.other, hash: 'sha256' as const } }
  expect(await codeOf(() => verifying({ certificates: forged }, { issuers }))).toBe('ANDROID_KEY_SIGNATURE')
})
