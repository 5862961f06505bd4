import { describe, expect, it } from 'vitest'
import { verifyApkSignature } from '../../../src/index.ts'
import { expectRefusal, fileOf } from '../../expect-refusal.ts'
import { writeApk } from '../write-apk.ts'
import { attributeIds, numberAttribute, pair, signApk, spkiOf } from './sign-apk.ts'
import type { SignerTemplate } from './sign-apk.ts'
import {
  alignedApk,
  apk,
  dsa,
  ec,
  flipLast,
  other,
  refused,
  rsa,
  schemesOf,
  unknownAlgorithm,
  verify,
} from './identities.ts'

describe('scheme v2', () => {
  it('says who signed what', async () => {
    expect(await verify({ v2: [{ identity: ec }] })).toEqual({
      packageName: 'com.example.app',
      versionCode: 7,
      signerSha256: [ec.sha256],
      schemes: ['v2'],
    })
  })

  it.each([
    [0x0101, () => rsa],
    [0x0102, () => rsa],
    [0x0103, () => rsa],
    [0x0104, () => rsa],
    [0x0201, () => ec],
    [0x0202, () => ec],
    [0x0301, () => dsa],
  ])('verifies algorithm %i, and refuses its broken signature and its wrong digest', async (id, identity) => {
    const signer: SignerTemplate = { identity: identity(), algorithms: [id] }
    expect(await schemesOf({ v2: [signer] })).toEqual(['v2'])
    await refused('APK_SIGNATURE_INVALID', { v2: [{ ...signer, changeSignature: flipLast }] })
    await refused('APK_DIGEST_MISMATCH', { v2: [{ ...signer, changeDigest: flipLast }] })
  })

  it.each([
    [0x0421, () => rsa],
    [0x0423, () => ec],
    [0x0425, () => dsa],
  ])('verifies verity algorithm %i from level 28 on', async (id, identity) => {
    const signer: SignerTemplate = { identity: identity(), algorithms: [id] }
    const template = { v2: [signer], aligned: true }
    const accepted = await verify(template, { minSdk: 28 }, alignedApk())
    expect(accepted.schemes).toEqual(['v2'])
    await expectRefusal('APK_SIGNATURE_ALGORITHM', () => verify(template, { minSdk: 24 }, alignedApk()))
    const wrong = { v2: [{ ...signer, changeDigest: flipLast }], aligned: true }
    await expectRefusal('APK_DIGEST_MISMATCH', () => verify(wrong, { minSdk: 28 }, alignedApk()))
  })

  it('verifies a verity digest over several levels of the tree', async () => {
    const content = Buffer.alloc(3_000_000, 'abc')
    const plain = writeApk([{ name: 'a', content, method: 0 }])
    const after = Buffer.alloc((4096 - (plain.readUInt32LE(plain.length - 6) % 4096)) % 4096)
    const archive = writeApk([{ name: 'a', content, method: 0, after }])
    const signer = { identity: ec, algorithms: [0x0201, 0x0423, 0x0202] }
    expect((await verify({ v2: [signer], aligned: true }, { minSdk: 24 }, archive)).schemes).toEqual(['v2'])
  })

  it('refuses a verity digest where the block is not aligned', async () => {
    await refused('APK_DIGEST_MISMATCH', { v2: [{ identity: ec, algorithms: [0x0423] }] }, { minSdk: 28 })
  })

  it('verifies the strongest signature that each level knows', async () => {
    const algorithms = [0x0201, 0x0202]
    const breakOnly = (length: number) => (digest: Buffer) =>
      digest.length === length ? flipLast(digest) : digest
    const weak: SignerTemplate = { identity: ec, algorithms, changeDigest: breakOnly(32) }
    expect(await schemesOf({ v2: [weak] })).toEqual(['v2'])
    await refused('APK_DIGEST_MISMATCH', { v2: [{ ...weak, changeDigest: breakOnly(64) }] })
  })

  it('ignores unknown algorithms and attributes next to known ones', async () => {
    const attributes = [{ id: 0x01020304, value: Buffer.from('anything') }]
    const algorithms = [unknownAlgorithm, 0x0201]
    expect(await schemesOf({ v2: [{ identity: ec, algorithms, attributes }] })).toEqual(['v2'])
    await refused('APK_SIGNATURE_ALGORITHM', { v2: [{ identity: ec, algorithms: [unknownAlgorithm] }] })
  })

  it('refuses signatures of a key of another type', async () => {
    await refused('APK_SIGNATURE_INVALID', { v2: [{ identity: ec, algorithms: [0x0103] }] })
  })

  it('refuses lists of signatures and digests that differ', async () => {
    for (const digestIds of [[0x0201, unknownAlgorithm], [0x0202], []]) {
      await refused('APK_SIGNATURE_ALGORITHM', { v2: [{ identity: ec, digestIds }] })
    }
  })

  it('refuses signed data that was changed after signing', async () => {
    const changeSigner = (signer: Buffer) => {
      signer.writeUInt8(signer.readUInt8(20) ^ 1, 20)
      return signer
    }
    await refused('APK_SIGNATURE_INVALID', { v2: [{ identity: ec, changeSigner }] })
  })

  it('refuses signers without signature, certificate or readable key', async () => {
    await refused('APK_SIGNATURE_INVALID', { v2: [{ identity: ec, algorithms: [] }] })
    await refused('APK_CERTIFICATE', { v2: [{ identity: ec, certificates: [] }] })
    await refused('APK_CERTIFICATE', {
      v2: [{ identity: ec, certificates: [Buffer.from('no certificate')] }],
    })
    await refused('APK_CERTIFICATE', {
      v2: [{ identity: ec, certificates: [Buffer.concat([ec.certificate, Buffer.alloc(1)])] }],
    })
    await refused('APK_CERTIFICATE', { v2: [{ identity: ec, publicKey: Buffer.from('no key') }] })
    const many = Array.from({ length: 33 }, () => ec.certificate)
    await refused('APK_CERTIFICATE', { v2: [{ identity: ec, certificates: many }] })
  })

  it('refuses a certificate of another key', async () => {
    await refused('APK_CERTIFICATE', {
      v2: [{ identity: ec, certificates: [other.certificate, ec.certificate] }],
    })
    expect(
      await schemesOf({ v2: [{ identity: ec, certificates: [ec.certificate, other.certificate] }] }),
    ).toEqual(['v2'])
    expect(spkiOf(ec.keys)).toBeInstanceOf(Buffer)
  })

  it('needs every signer to verify, and accepts at most ten', async () => {
    const both = await verify({ v2: [{ identity: ec }, { identity: rsa }] })
    expect(both.signerSha256).toEqual([ec.sha256, rsa.sha256])
    await refused('APK_SIGNATURE_INVALID', {
      v2: [{ identity: ec }, { identity: rsa, changeSignature: flipLast }],
    })
    await refused('APK_SIGNING_BLOCK_MALFORMED', { v2: [] })
    await refused('APK_SIGNING_BLOCK_MALFORMED', { v2: Array.from({ length: 11 }, () => ({ identity: ec })) })
  })

  it('refuses if the v3 signature that it names is gone', async () => {
    const attributes = [numberAttribute(attributeIds.strippingProtection, 3)]
    await refused('APK_SCHEME_STRIPPED', { v2: [{ identity: ec, attributes }] })
    expect(await schemesOf({ v2: [{ identity: ec, attributes }], v3: [{ identity: ec }] })).toEqual([
      'v2',
      'v3',
    ])
    const future = [numberAttribute(attributeIds.strippingProtection, 9)]
    expect(await schemesOf({ v2: [{ identity: ec, attributes: future }] })).toEqual(['v2'])
    const short = [{ id: attributeIds.strippingProtection, value: Buffer.alloc(3) }]
    await refused('APK_SIGNING_BLOCK_MALFORMED', { v2: [{ identity: ec, attributes: short }] })
  })

  it('refuses records that do not fit', async () => {
    const grow = (bytes: Buffer) => {
      bytes.writeUInt32LE(0x7fffffff, 0)
      return bytes
    }
    await refused('APK_SIGNING_BLOCK_MALFORMED', { v2: [{ identity: ec, changeSigner: grow }] })
    await refused('APK_SIGNING_BLOCK_MALFORMED', { v2: [{ identity: ec, changeSignedData: grow }] })
    await refused('APK_SIGNING_BLOCK_MALFORMED', { before: [[0x7109871a, Buffer.alloc(2)]] })
  })
})

describe('the signing block', () => {
  const v2 = [
    {
      get identity() {
        return ec
      },
    },
  ]

  it('may hold pairs of unknown ids before and after the schemes', async () => {
    const template = {
      v2,
      before: [[0x71777777, Buffer.from('channel')]],
      after: [[0x42726577, Buffer.alloc(9)]],
    } as const
    expect(await schemesOf(template)).toEqual(['v2'])
  })

  it('does not count without its magic, or where something follows the directory', async () => {
    await refused('APK_SCHEME_TOO_OLD', { v2, magic: 'APK Sig Block 43' })
    const old = writeApk(undefined, { targetSdkVersion: 29 })
    await expectRefusal('APK_NOT_SIGNED', () =>
      verify({ v2, magic: 'APK Sig Block 43' }, { minSdk: 24 }, old),
    )
    const signed = signApk(old, { v2 })
    const gap = Buffer.concat([signed.subarray(0, -22), Buffer.from('GARBAGE'), signed.subarray(-22)])
    await expectRefusal('APK_NOT_SIGNED', () => verifyApkSignature(fileOf(gap), { minSdk: 24 }))
  })

  it('must state its size twice, in bounds', async () => {
    const size = BigInt(signApk(apk, { v2 }).length - apk.length - 8)
    for (const sizes of [
      [size + 1n, size],
      [size, size + 1n],
      [23n, 23n],
      [size, 1n << 60n],
      [20_000_000n, 20_000_000n],
      [1_000_000n, 1_000_000n],
    ] as const) {
      await refused('APK_SIGNING_BLOCK_MALFORMED', { v2, sizes })
    }
  })

  it('must consist of complete pairs with distinct ids', async () => {
    await refused('APK_SIGNING_BLOCK_MALFORMED', {
      v2,
      changePairs: (pairs) => Buffer.concat([pairs, Buffer.alloc(5)]),
    })
    await refused('APK_SIGNING_BLOCK_MALFORMED', { v2, changePairs: (pairs) => pairs.subarray(0, -1) })
    const tiny = Buffer.concat([Buffer.from([3, 0, 0, 0, 0, 0, 0, 0]), Buffer.alloc(4)])
    await refused('APK_SIGNING_BLOCK_MALFORMED', { v2, changePairs: (pairs) => Buffer.concat([pairs, tiny]) })
    await refused('APK_SIGNING_BLOCK_MALFORMED', {
      v2,
      changePairs: (pairs) => Buffer.concat([pairs, pairs]),
    })
    await refused('APK_SIGNING_BLOCK_MALFORMED', {
      changePairs: () =>
        Buffer.concat([pair(0x71777777, Buffer.alloc(1)), pair(0x71777777, Buffer.alloc(2))]),
    })
  })

  it('must not share bytes with an entry', async () => {
    const roomy = writeApk([{ name: 'a', content: Buffer.alloc(1000), method: 0 }])
    const signed = signApk(roomy, { v2 })
    const directoryAt = signed.readUInt32LE(signed.length - 6)
    const size = Number(signed.readBigUInt64LE(directoryAt - 24)) + 8
    const longer = size + 500
    const at = directoryAt - longer
    signed.writeBigUInt64LE(BigInt(longer - 8), directoryAt - 24)
    signed.writeBigUInt64LE(BigInt(longer - 8), at)
    await expectRefusal('ZIP_OVERLAPPING_ENTRIES', () => verifyApkSignature(fileOf(signed), { minSdk: 24 }))
  })
})
