import { beforeAll, describe, expect, it } from 'vitest'
import { verifyApkSignature } from '../../../src/index.ts'
import type { VerifyApkOptions } from '../../../src/index.ts'
import { expectRefusal, fileOf } from '../../expect-refusal.ts'
import { writeApk } from '../write-apk.ts'
import {
  attributeIds,
  dsaIdentity,
  ecIdentity,
  lineageOf,
  numberAttribute,
  pair,
  prefixed,
  rsaIdentity,
  signApk,
  spkiOf,
  uint32,
} from './sign-apk.ts'
import type { Identity, SignerTemplate, SigningTemplate } from './sign-apk.ts'

const unknownAlgorithm = 0x12345678
const maxSdk = 0x7fffffff

let rsa: Identity
let ec: Identity
let dsa: Identity
let other: Identity
let third: Identity
beforeAll(() => {
  rsa = rsaIdentity()
  ec = ecIdentity()
  dsa = dsaIdentity()
  other = ecIdentity('Other')
  third = ecIdentity('Third')
})

const apk = writeApk()
const verify = (template: SigningTemplate, options: VerifyApkOptions = { minSdk: 24 }, archive = apk) =>
  verifyApkSignature(fileOf(signApk(archive, template)), options)
const schemesOf = async (template: SigningTemplate, options?: VerifyApkOptions) =>
  (await verify(template, options)).schemes
const refused = (
  code: Parameters<typeof expectRefusal>[0],
  template: SigningTemplate,
  options?: VerifyApkOptions,
) => expectRefusal(code, () => verify(template, options))

/** An archive in which the signing block begins at a multiple of 4096. */
function alignedApk(): Buffer {
  const plain = writeApk([{ name: 'classes.dex', content: 'dex' }])
  const directoryAt = plain.readUInt32LE(plain.length - 6)
  const after = Buffer.alloc((4096 - (directoryAt % 4096)) % 4096)
  return writeApk([{ name: 'classes.dex', content: 'dex', after }])
}

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

  it('ignores unknown algorithms and attributes beside known ones', async () => {
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

  it('needs every signer to verify, and admits at most ten', async () => {
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

  it('must consist of whole pairs, no two of one id', async () => {
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

describe('scheme v3', () => {
  const wide = [28, maxSdk] as const

  it('verifies, alone or with v2, which newer devices do not look at', async () => {
    const template = { v2: [{ identity: ec }], v3: [{ identity: ec, range: wide }] }
    expect(await schemesOf(template)).toEqual(['v2', 'v3'])
    expect(await schemesOf(template, { minSdk: 28 })).toEqual(['v3'])
    expect(await schemesOf({ v3: template.v3 })).toEqual(['v3'])
    await refused('APK_SIGNATURE_INVALID', { ...template, v2: [{ identity: ec, changeSignature: flipLast }] })
    await refused('APK_SIGNATURE_INVALID', { ...template, v3: [{ identity: ec, changeSignature: flipLast }] })
    await refused('APK_DIGEST_MISMATCH', { ...template, v3: [{ identity: ec, changeDigest: flipLast }] })
    await refused('APK_SIGNING_BLOCK_MALFORMED', { v3: [] })
  })

  it('needs the levels of a signer to be signed, and to be a range', async () => {
    await refused('APK_SDK_RANGE', { v3: [{ identity: ec, range: wide, signedRange: [24, maxSdk] }] })
    await refused('APK_SDK_RANGE', { v3: [{ identity: ec, range: wide, signedRange: [28, 40] }] })
    await refused('APK_SDK_RANGE', { v3: [{ identity: ec, range: [30, 29] }] })
    await refused('APK_SDK_RANGE', { v3: [{ identity: ec, range: [0x80000000, maxSdk] }] })
  })

  it('needs the signers to cover every level exactly once', async () => {
    const ranges = (...list: (readonly [number, number])[]) => ({
      v3: list.map((range) => ({ identity: ec, range })),
    })
    expect(await schemesOf(ranges([28, 30], [31, maxSdk]))).toEqual(['v3'])
    expect(await schemesOf(ranges([31, maxSdk], [28, 30]))).toEqual(['v3'])
    await refused('APK_SDK_RANGE', ranges([28, 30], [32, maxSdk]))
    await refused('APK_SDK_RANGE', ranges([28, 30], [30, maxSdk]))
    await refused('APK_SDK_RANGE', ranges([28, 40]))
    await refused('APK_SDK_RANGE', ranges([29, maxSdk]))
    expect(await schemesOf(ranges([29, maxSdk]), { minSdk: 29 })).toEqual(['v3'])
    await refused('APK_SIGNING_BLOCK_MALFORMED', { v3: Array.from({ length: 33 }, () => ({ identity: ec })) })
  })

  it('lets a signer for a release in development begin at the last level of the one before', async () => {
    const attributes = [{ id: attributeIds.targetsDevelopmentRelease, value: Buffer.alloc(0) }]
    const v3 = [
      { identity: ec, range: [28, 30] as const },
      { identity: ec, range: [30, maxSdk] as const, attributes },
    ]
    expect(await schemesOf({ v3 })).toEqual(['v3'])
  })

  it('verifies a proof of rotation that leads to the signer', async () => {
    const rotated = { v3: [{ identity: other, attributes: [lineageOf([rsa, other])] }] }
    expect((await verify(rotated)).signerSha256).toEqual([other.sha256])
    const bad = (attribute: ReturnType<typeof lineageOf>) =>
      refused('APK_LINEAGE', { v3: [{ identity: other, attributes: [attribute] }] })
    await bad(lineageOf([rsa, third]))
    await bad(lineageOf([other, rsa]))
    await bad(lineageOf([rsa, other], { corrupt: 1 }))
    await bad(lineageOf([rsa, other], { version: 2 }))
    await bad(lineageOf([rsa, other], { signedAlgorithm: 0x0101 }))
    await bad(lineageOf([other, rsa, other]))
    await bad(lineageOf([]))
    await bad({ id: 0x3ba06f8c, value: Buffer.alloc(0) })
    await bad({ id: 0x3ba06f8c, value: Buffer.concat([uint32(1), prefixed(Buffer.from('node'))]) })
  })

  it('needs lineages that grow with the level and agree', async () => {
    const signer = (
      range: readonly [number, number],
      lineage: Identity[],
      flags?: number[],
    ): SignerTemplate => ({
      identity: lineage.at(-1)!,
      range,
      attributes: [lineageOf(lineage, flags ? { flags } : {})],
    })
    const early = [28, 30] as const
    const late = [31, maxSdk] as const
    expect(await schemesOf({ v3: [signer(early, [rsa, other]), signer(late, [rsa, other, third])] })).toEqual(
      ['v3'],
    )
    await refused('APK_LINEAGE', { v3: [signer(early, [rsa, other, third]), signer(late, [rsa, third])] })
    await refused('APK_LINEAGE', { v3: [signer(early, [ec, other]), signer(late, [rsa, other, third])] })
    await refused('APK_LINEAGE', { v3: [signer(early, [other, rsa]), signer(late, [rsa, other])] })
    // What is granted to old keys may change, and old ones may be left out.
    expect(
      await schemesOf({ v3: [signer(early, [rsa, other]), signer(late, [rsa, other, third], [1, 1, 1])] }),
    ).toEqual(['v3'])
    const forgetful = { v3: [signer(early, [rsa, other]), signer(late, [other, third])] }
    expect((await verify({ ...forgetful, v2: [{ identity: rsa }] })).signerSha256).toEqual([third.sha256])
    await refused('APK_CERTIFICATE', { ...forgetful, v2: [{ identity: other }] })
  })

  it('must be signed by the signer of v2, or by one that it was rotated to', async () => {
    const v3 = [{ identity: other, attributes: [lineageOf([rsa, other])] }]
    expect((await verify({ v2: [{ identity: rsa }], v3 })).signerSha256).toEqual([other.sha256])
    await refused('APK_CERTIFICATE', { v2: [{ identity: other }], v3 })
    await refused('APK_CERTIFICATE', { v2: [{ identity: ec }], v3 })
    await refused('APK_CERTIFICATE', { v2: [{ identity: ec }], v3: [{ identity: rsa }] })
    await refused('APK_CERTIFICATE', { v2: [{ identity: ec }, { identity: rsa }], v3: [{ identity: ec }] })
    const twice = [28, 30].map((level) => ({
      identity: ec,
      range: [level, level === 28 ? 29 : maxSdk] as const,
    }))
    await refused('APK_CERTIFICATE', { v2: [{ identity: ec }], v3: twice })
  })
})

describe('scheme v3.1', () => {
  const rotated: SignerTemplate = {
    get identity() {
      return other
    },
    range: [33, maxSdk],
    get attributes() {
      return [lineageOf([rsa, other])]
    },
  }
  const original = (from: number | undefined, last = maxSdk): SignerTemplate => ({
    identity: rsa,
    range: [24, last],
    attributes: from === undefined ? [] : [numberAttribute(attributeIds.rotationMinSdk, from)],
  })

  it('gives newer devices the rotated signer', async () => {
    const accepted = await verify({ v2: [{ identity: rsa }], v3: [original(33, 32)], v31: [rotated] })
    expect(accepted.schemes).toEqual(['v2', 'v3', 'v3.1'])
    expect(accepted.signerSha256).toEqual([other.sha256])
  })

  it('needs v3 beside it, and v3 to cover the levels before it', async () => {
    await refused('APK_SCHEME_STRIPPED', { v31: [rotated] })
    await refused('APK_SCHEME_STRIPPED', { v2: [{ identity: rsa }], v31: [rotated] })
    await refused('APK_SDK_RANGE', { v3: [original(33, 31)], v31: [rotated] })
  })

  it('must begin at the level that v3 names, and not be gone', async () => {
    await refused('APK_SCHEME_STRIPPED', { v3: [original(34)], v31: [rotated] })
    await refused('APK_SCHEME_STRIPPED', { v3: [original(33)] })
    expect(await schemesOf({ v3: [original(undefined)], v31: [rotated] })).toEqual(['v3', 'v3.1'])
    const nested = { ...rotated, attributes: [numberAttribute(attributeIds.rotationMinSdk, 33)] }
    await refused('APK_SCHEME_STRIPPED', { v3: [original(33)], v31: [nested] })
  })

  it('must verify and reach to the newest level', async () => {
    await refused('APK_SIGNATURE_INVALID', {
      v3: [original(33)],
      v31: [{ ...rotated, changeSignature: flipLast }],
    })
    await refused('APK_DIGEST_MISMATCH', {
      v3: [original(33)],
      v31: [{ ...rotated, changeDigest: flipLast }],
    })
    await refused('APK_SDK_RANGE', { v3: [original(33)], v31: [{ ...rotated, range: [33, 40] }] })
    const broken = { ...rotated, attributes: [lineageOf([rsa, other], { corrupt: 1 })] }
    await refused('APK_LINEAGE', { v3: [original(33)], v31: [broken] })
  })

  it('counts the first certificate of its lineage as the one that v2 must have', async () => {
    await refused('APK_CERTIFICATE', { v2: [{ identity: other }], v3: [original(33)], v31: [rotated] })
  })
})

function flipLast(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes)
  changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1)
  return changed
}
