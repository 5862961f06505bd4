import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { verifyMachOSignature } from '../../src/index.ts'
import { codeOf, expectRefusal, fileOf } from '../expect-refusal.ts'
import { arm, arm64, bytesThatDiffer, universal, writeFat, writeMachO } from './write-mach-o.ts'
import { digest } from './write-signature.ts'

const verify = (bytes: Uint8Array) => verifyMachOSignature(fileOf(bytes))
const uuid = '00112233445566778899aabbccddeeff'

describe('the code signature of a Mach-O file', () => {
  it('holds, and says of each slice who it is', async () => {
    const bytes = universal()
    const slice = {
      uuid,
      identifier: 'com.example.app',
      hashType: 'sha256',
      teamId: 'ABCDE12345',
      cdHash: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
    }
    expect(await verify(bytes)).toEqual({
      executableSha256: createHash('sha256').update(bytes).digest('hex'),
      teamId: 'ABCDE12345',
      slices: [
        { ...slice, arch: 'arm' },
        { ...slice, arch: 'arm64' },
      ],
    })
  })

  it.each([
    [1, 'sha1'],
    [2, 'sha256'],
    [3, 'sha256-truncated'],
    [4, 'sha384'],
  ])(
    'may have hashes of type %i; the code directory hash is of the same, 20 bytes of it',
    async (hashType, name) => {
      let directory: Buffer = Buffer.alloc(0)
      const edit = (bytes: Buffer): void => void (directory = bytes)
      const { slices } = await verify(writeMachO({ signature: { directories: [{ hashType, edit }] } }))
      const cdHash = digest(hashType, directory).subarray(0, 20).toString('hex')
      expect(slices).toMatchObject([{ hashType: name, cdHash }])
    },
  )

  it.each([0, 1, 9, 12, 14, 31])('may have pages of 2^%i bytes, 2^0 meaning all of it', async (pageBits) => {
    expect((await verify(writeMachO({ signature: { directories: [{ pageBits }] } }))).slices).toHaveLength(1)
  })

  it.each([4096 - 72, 8192 - 72, 8192 - 72 + 16, 16, 3_000_000])(
    'covers code of %i bytes to the last',
    async (length) => {
      const template = { code: bytesThatDiffer(length) }
      const signed = writeMachO(template)
      expect((await verify(signed)).slices).toHaveLength(1)
      const end = signed.lastIndexOf(Buffer.from('fade0cc0', 'hex'))
      for (const at of [end - 1, end - 15, end - 16]) {
        const changed = Buffer.from(signed)
        changed[at] = (changed[at] as number) ^ 1
        await expectRefusal('MACHO_PAGE_MISMATCH', () => verify(changed))
      }
    },
  )

  it('has slices for 32 and 64 bit, in either byte order, behind offsets of 32 or 64 bit', async () => {
    for (const wide of [false, true]) {
      for (const littleEndian of [false, true]) {
        const { slices } = await verify(universal({ littleEndian }, { wide }))
        expect(slices.map(({ arch }) => arch)).toEqual(['arm', 'arm64'])
      }
    }
  })

  it('holds for slices that begin and end in whatever part of a long file', async () => {
    const long = universal({
      code: bytesThatDiffer(1_000_000),
      signature: { directories: [{ pageBits: 0 }, { hashType: 1 }] },
    })
    expect((await verify(long)).slices).toHaveLength(2)
    for (const at of [2_010_000, 2_000_000, 999_000, 300_000, 262_144]) {
      const changed = Buffer.from(long)
      changed[at] = (changed[at] as number) ^ 1
      await expectRefusal('MACHO_PAGE_MISMATCH', () => verify(changed))
    }
  })

  it.each([
    [7, 'i386'],
    [0x01000007, 'x86_64'],
    [12, 'arm'],
    [0x0100000c, 'arm64'],
    [0x0200000c, 'arm64_32'],
    [18, 'ppc'],
    [0x01000012, 'ppc64'],
  ])('names the processor: %i', async (cpuType, arch) => {
    expect((await verify(writeMachO({ cpuType, cpuSubtype: 2 }))).slices).toMatchObject([{ arch }])
  })

  it('returns slices in the order of the file', async () => {
    const slices = [arm, arm64].map((each) => ({ ...each, bytes: writeMachO(each) }))
    const swapped = writeFat(slices, {
      ranges: (places) => void places.splice(0, 2, places[1]!, places[0]!),
    })
    // Each entry now leads to the other's slice, so the processor shows it.
    await expectRefusal('MACHO_MALFORMED', () => verify(swapped))
    const { slices: found } = await verify(writeFat(slices.toReversed()))
    expect(found.map(({ arch }) => arch)).toEqual(['arm64', 'arm'])
  })

  it('names no team if slices name different ones, or one slice names none', async () => {
    const signedBy = (teamId: string) => ({ signature: { directories: [{ teamId }] } })
    const of = (one: string, other: string) =>
      writeFat([
        { ...arm, bytes: writeMachO({ ...arm, ...signedBy(one) }) },
        { ...arm64, bytes: writeMachO({ ...arm64, ...signedBy(other) }) },
      ])
    expect(await verify(of('ABCDE12345', 'ABCDE12345'))).toMatchObject({ teamId: 'ABCDE12345' })
    expect(await verify(of('ABCDE12345', 'OTHER12345'))).toMatchObject({ teamId: null })
    expect(await verify(of('ABCDE12345', ''))).toMatchObject({ teamId: null })
    expect(await verify(of('', ''))).toMatchObject({
      teamId: null,
      slices: [{ teamId: null }, { teamId: null }],
    })
  })

  it('is verified over what lies in the file where the store has encrypted it', async () => {
    const encryption = Buffer.alloc(16)
    encryption.writeUInt32LE(4096, 0)
    encryption.writeUInt32LE(4096, 4)
    encryption.writeUInt32LE(1, 8)
    const signed = writeMachO({ commands: [[0x2c, encryption]] })
    expect((await verify(signed)).slices).toHaveLength(1)
  })

  it('leaves what follows a signature aside', async () => {
    expect((await verify(writeMachO({ after: bytesThatDiffer(100) }))).slices).toHaveLength(1)
  })

  it('is missing', async () => {
    await expectRefusal('MACHO_NOT_SIGNED', () => verify(writeMachO({ signature: null })))
    await expectRefusal('MACHO_NOT_SIGNED', () => verify(universal({ signature: null })))
    const half = writeFat([
      { ...arm, bytes: writeMachO(arm) },
      { ...arm64, bytes: writeMachO({ ...arm64, signature: null }) },
    ])
    await expectRefusal('MACHO_NOT_SIGNED', () => verify(half))
  })
})

describe('one changed byte', () => {
  const bytes = universal({ code: bytesThatDiffer(5000), uuid: Buffer.alloc(16, 7) })

  it('of the code is a page mismatch', async () => {
    for (const at of [200, 3000, 5400]) {
      const changed = Buffer.from(bytes)
      const inSecond = bytes.lastIndexOf(Buffer.from('cffaedfe', 'hex')) + at
      changed[inSecond] = (changed[inSecond] as number) ^ 0x80
      await expectRefusal('MACHO_PAGE_MISMATCH', () => verify(changed))
    }
  })

  it('anywhere is refused, or changes what is reported, or lies in what nothing is read from', async () => {
    const bytes = universal({ code: bytesThatDiffer(300), uuid: Buffer.alloc(16, 7) })
    const before = await verify(bytes)
    const silent: number[] = []
    for (let at = 0; at < bytes.length; at += 3) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] as number) ^ 1
      let slices: unknown
      const code = await codeOf(async () => void ({ slices } = await verify(changed)))
      if (code !== undefined) continue
      if (JSON.stringify(slices) === JSON.stringify(before.slices)) silent.push(at)
    }
    const starts = ['cefaedfe', 'cffaedfe'].map((magic) => bytes.indexOf(Buffer.from(magic, 'hex')))
    const signatures = [...bytes.toString('latin1').matchAll(/\xfa\xde\x0c\xc0/g)].map(({ index }) => index)
    for (const at of silent) {
      const isCode = starts.some((start, slice) => at >= start && at < (signatures[slice] as number))
      expect(isCode).toBe(false)
    }
    // Capabilities and alignments in the header, gaps, magics of other blobs, the CMS signature, padding.
    expect(silent.length).toBeLessThan(80)
  })
})

describe('whatever its bytes are', () => {
  const templates = [
    universal({ code: bytesThatDiffer(600) }),
    universal({ code: bytesThatDiffer(600) }, { wide: true }),
    writeMachO({
      code: bytesThatDiffer(600),
      signature: {
        directories: [
          { hashType: 1, scatter: [[1, 0]] },
          { version: 0x20600, preEncrypt: true, linkage: true, pageBits: 0, wideLimit: true },
        ],
      },
    }),
  ]
  const place = fc.double({ min: 0, max: 0.9999, noNaN: true })
  const edits = fc.array(fc.tuple(place, fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff), fc.constantFrom(1, 4)), {
    maxLength: 4,
  })

  it('it is verified, or refused with a code', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...templates), edits, place, async (template, changes, end) => {
        const mutated = Buffer.from(template)
        for (const [at, octet, times] of changes) {
          const from = Math.floor(at * mutated.length)
          mutated.fill(octet, from, Math.min(from + times, mutated.length))
        }
        const cut = end < 0.1 ? mutated.subarray(0, Math.floor(end * 10 * mutated.length)) : mutated
        expect((await codeOf(() => verify(cut))) ?? 'MACHO_').toMatch(/^MACHO_/)
      }),
    )
  })

  it('noise is refused', async () => {
    const magics = ['cafebabe', 'cafebabf', 'cffaedfe', 'feedface', ''].map((hex) => Buffer.from(hex, 'hex'))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...magics), fc.uint8Array({ maxLength: 200 }), async (magic, rest) => {
        const code = await codeOf(() => verify(Buffer.concat([magic, rest])))
        expect(['MACHO_MALFORMED', 'MACHO_SIGNATURE_MALFORMED', 'MACHO_NOT_SIGNED']).toContain(code)
      }),
    )
  })
})
