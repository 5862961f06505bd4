import { describe, expect, it } from 'vitest'
import { attributeIds, lineageOf, numberAttribute, prefixed, uint32 } from './sign-apk.ts'
import type { Identity, SignerTemplate } from './sign-apk.ts'
import { ec, flipLast, maxSdk, other, refused, rsa, schemesOf, third, verify } from './identities.ts'

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
