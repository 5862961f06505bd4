import { describe, expect, it } from 'vitest'
import { verifyMachOSignature, type AppImageErrorCode } from '../../src/index.ts'
import { expectRefusal, fileOf } from '../expect-refusal.ts'
import { arm, arm64, bytesThatDiffer, universal, writeFat, writeMachO } from './write-mach-o.ts'
import type { FatTemplate, MachOTemplate } from './write-mach-o.ts'
import { blob, components, headerLength } from './write-signature.ts'
import type { DirectoryTemplate, SignatureTemplate } from './write-signature.ts'

const verify = (bytes: Uint8Array) => verifyMachOSignature(fileOf(bytes))
const word = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, 4 * at)
  return bytes
}

describe('a universal header is refused', () => {
  const fat = (template: FatTemplate) => universal({}, template)
  it.each<[string, () => Buffer]>([
    ['that is empty', () => Buffer.alloc(0)],
    ['that is cut in its magic', () => word(0xcafebabe).subarray(0, 3)],
    ['that ends after its magic', () => word(0xcafebabe)],
    ['without slices', () => fat({ count: 0 })],
    [
      'with more slices than there are processors',
      () => Buffer.concat([word(0xcafebabe, 33), Buffer.alloc(4000)]),
    ],
    ['with more slices than fit', () => word(0xcafebabe, 2, 12, 9, 48, 0, 0)],
    ['with 2^32 - 1 slices', () => fat({ count: 0xffffffff })],
    ['in the other byte order', () => Buffer.concat([word(0xbebafeca), fat({}).subarray(4)])],
    ['with a slice in the header', () => fat({ ranges: (all) => void (all[0]![0] = 47) })],
    ['with slices that overlap', () => fat({ ranges: (all) => void (all[0]![1] += 64) })],
    ['with one slice twice', () => fat({ ranges: (all) => void (all[1] = all[0]!) })],
    ['with a slice beyond the file', () => fat({ ranges: (all) => void (all[1]![1] += 1) })],
    ['with a slice at 2^32 - 1', () => fat({ ranges: (all) => void (all[1]![0] = 0xffffffff) })],
    ['with a slice at 2^53', () => fat({ wide: true, ranges: (all) => void (all[1]![0] = 2 ** 53) })],
    ['with a slice of 2^63 bytes', () => fat({ wide: true, ranges: (all) => void (all[1]![1] = 2 ** 63) })],
    ['with a slice of no bytes', () => fat({ ranges: (all) => void (all[1]![1] = 0) })],
    [
      'with a slice for another processor than it says',
      () => writeFat([{ ...arm, bytes: writeMachO(arm64) }]),
    ],
    ['with a universal file in it', () => writeFat([{ ...arm, bytes: universal() }])],
    [
      'with two slices for one processor',
      () => writeFat([1, 2].map(() => ({ ...arm64, bytes: writeMachO(arm64) }))),
    ],
    [
      'with two slices that differ in capabilities only',
      () =>
        writeFat([2, 0x80000002].map((cpuSubtype) => ({ ...arm64, cpuSubtype, bytes: writeMachO(arm64) }))),
    ],
  ])('%s', async (_, bytes) => {
    await expectRefusal('MACHO_MALFORMED', () => verify(bytes()))
  })

  it('but not one with slices for two kinds of one processor', async () => {
    const kinds = [0, 2].map((cpuSubtype) => ({
      ...arm64,
      cpuSubtype,
      bytes: writeMachO({ ...arm64, cpuSubtype }),
    }))
    expect((await verify(writeFat(kinds))).slices).toHaveLength(2)
  })
})

describe('a Mach-O header is refused', () => {
  const changed = (at: number, value: number): Buffer => {
    const bytes = writeMachO()
    bytes.writeUInt32LE(value, at)
    return bytes
  }
  it.each<[string, () => Buffer]>([
    ['of another format', () => Buffer.from('7f454c46'.padEnd(200, '0'), 'hex')],
    ['that is cut short', () => writeMachO().subarray(0, 31)],
    ['for an unknown processor', () => changed(4, 99)],
    ['with commands beyond the slice', () => changed(20, 0x7fffffff)],
    [
      'with commands of more than a megabyte',
      () => writeMachO({ commands: [[1, Buffer.alloc(1024 * 1024)]] }),
    ],
    ['with more commands than there are', () => changed(16, 3)],
    ['with 2^32 - 1 commands', () => changed(16, 0xffffffff)],
    ['with a command of no length', () => changed(36, 0)],
    ['with a command beyond the others', () => changed(36, 41)],
    ['with two UUIDs', () => writeMachO({ commands: [[0x1b, Buffer.alloc(16)]] })],
    ['with a UUID of another length', () => writeMachO({ uuid: Buffer.alloc(12) })],
    ['with two signatures', () => writeMachO({ commands: [[0x1d, Buffer.alloc(8)]] })],
    [
      'with a short signature command',
      () => writeMachO({ signature: null, commands: [[0x1d, Buffer.alloc(4)]] }),
    ],
  ])('%s', async (_, bytes) => {
    await expectRefusal('MACHO_MALFORMED', () => verify(bytes()))
  })

  it('may do without a UUID, and without commands', async () => {
    expect((await verify(writeMachO({ uuid: null }))).slices).toMatchObject([{ uuid: null }])
    await expectRefusal('MACHO_NOT_SIGNED', () => verify(writeMachO({ uuid: null, signature: null })))
  })
})

describe('a signature is refused', () => {
  const signed = (signature: SignatureTemplate, template: MachOTemplate = {}) =>
    writeMachO({ ...template, signature })
  const edited = (at: number, value: number) =>
    signed({ edit: (bytes) => void bytes.writeUInt32BE(value, at) })
  it.each<[string, () => Buffer]>([
    ['in the load commands', () => writeMachO({ signatureOffset: 40 })],
    ['beyond the slice', () => writeMachO({ signatureOffset: 0x7fffffff })],
    ['that ends beyond the slice', () => writeMachO({ signatureLength: 0x7fffffff })],
    ['of no bytes', () => writeMachO({ signatureLength: 0 })],
    ['of eleven bytes', () => writeMachO({ signatureLength: 11 })],
    ['of more than 32 MiB', () => writeMachO({ padding: 32 * 1024 * 1024 })],
    ['of more than 32 MiB in all slices', () => universal({ padding: 20 * 1024 * 1024 })],
    ['with another magic', () => edited(0, 0xfade0cc1)],
    ['that is longer than its place', () => edited(4, 0x10000)],
    ['that is shorter than its index', () => edited(4, 40)],
    [
      'with 65 blobs',
      () => signed({ others: Array.from({ length: 65 }, (_, at) => [0x20000 + at, blob(1, '')]) }),
    ],
    ['with 2^32 - 1 blobs', () => edited(8, 0xffffffff)],
    [
      'with one slot twice',
      () =>
        signed({
          others: [
            [0x10000, blob(1, '')],
            [0x10000, blob(1, '')],
          ],
        }),
    ],
    ['with a blob in the index', () => edited(16, 0)],
    ['with a blob beyond the signature', () => edited(16, 0xfffffff8)],
    ['with a blob that overlaps another', () => edited(24, 44)],
    [
      'with a blob that ends beyond it',
      () => signed({ others: [[0x10000, Buffer.from('fade0b01000000ff', 'hex')]] }),
    ],
    [
      'with a blob shorter than its header',
      () => signed({ others: [[0x10000, Buffer.from('fade0b0100000007', 'hex')]] }),
    ],
    ['without a CodeDirectory', () => edited(12, 0x20000)],
    [
      'with something else in its place',
      () => signed({ edit: (bytes) => void bytes.writeUInt32BE(0xfade0c01, 44) }),
    ],
    ['with two directories of one type', () => signed({ directories: [{}, {}] })],
  ])('%s', async (_, bytes) => {
    await expectRefusal('MACHO_SIGNATURE_MALFORMED', () => verify(bytes()))
  })
})

describe('a CodeDirectory', () => {
  const signed = (directory: DirectoryTemplate, template: MachOTemplate = {}) =>
    writeMachO({ ...template, signature: { directories: [directory] } })
  const edited = (at: number, value: number, version = 0x20600) =>
    signed({ version, edit: (bytes) => void bytes.writeUInt32BE(value, at) })
  const octet = (at: number, value: number) => signed({ edit: (bytes) => void (bytes[at] = value) })
  const versions = [0x20001, 0x20100, 0x20200, 0x20300, 0x20400, 0x20500, 0x20600, 0x20700]

  it.each(versions)('of version %i says what there is in it', async (version) => {
    const teamId = version >= 0x20200 ? 'ABCDE12345' : null
    const full = {
      version,
      preEncrypt: true,
      linkage: true,
      scatter: [
        [1, 0],
        [2, 1],
      ] as [number, number][],
    }
    expect((await verify(signed(full))).slices).toMatchObject([{ identifier: 'com.example.app', teamId }])
    // The last field of the header lies outside of one that is four bytes shorter.
    const short = signed({ version, edit: (bytes) => void bytes.writeUInt32BE(headerLength(version) - 4, 4) })
    await expectRefusal('MACHO_SIGNATURE_MALFORMED', () => verify(short))
  })

  it('may have its limit in 64 bits, from version 0x20300 on', async () => {
    expect((await verify(signed({ version: 0x20300, wideLimit: true }))).slices).toHaveLength(1)
    await expectRefusal('MACHO_SIGNATURE_MALFORMED', () =>
      verify(signed({ version: 0x20200, wideLimit: true })),
    )
    // Where both are there the wide one counts.
    const both = (at: number) =>
      signed({ version: 0x20300, wideLimit: true, edit: (bytes) => void (bytes[at] = 1) })
    expect((await verify(both(35))).slices).toHaveLength(1)
    await expectRefusal('MACHO_SIGNATURE_MALFORMED', () => verify(both(56)))
  })

  it.each<[string, () => Buffer]>([
    ['of a version before the first', () => edited(8, 0x20000)],
    ['of an incompatible version', () => edited(8, 0x2f000)],
    ['that holds nothing', () => edited(4, 8)],
    ['whose hashes have another length', () => octet(36, 20)],
    ['whose pages have 2^32 bytes', () => octet(39, 32)],
    ['with fewer hashes than pages', () => edited(28, 2)],
    ['with more hashes than pages', () => edited(28, 4)],
    ['with 2^32 - 1 hashes', () => edited(28, 0xffffffff)],
    ['with 2^32 - 1 components', () => edited(24, 0xffffffff)],
    ['with hashes in the header', () => edited(16, 100)],
    ['with hashes beyond its end', () => edited(16, 0xffffffff)],
    ['without code', () => edited(32, 0)],
    [
      'without code, as one page',
      () => signed({ pageBits: 0, edit: (bytes) => void bytes.writeUInt32BE(0, 32) }),
    ],
    ['without identifier', () => edited(20, 0)],
    ['with an empty identifier', () => signed({ identifier: '' })],
    ['with an identifier that is no UTF-8', () => octet(88, 0xff)],
    ['with an identifier of two lines', () => octet(88, 10)],
    ['with an identifier of more than a kilobyte', () => signed({ identifier: 'a'.repeat(1025) })],
    [
      'with an identifier that does not end',
      () => signed({ edit: (bytes) => void bytes.writeUInt32BE(bytes.length - 1, 20) }),
    ],
    ['with an identifier beyond its end', () => edited(20, 0xffffffff)],
    ['with a team in the header', () => edited(48, 20)],
    ['with a team beyond its end', () => edited(48, 0xffffffff)],
    ['with a scatter vector in the header', () => edited(44, 44)],
    ['with a scatter vector beyond its end', () => edited(44, 0xffffffff)],
    [
      'with a scatter vector in another order',
      () =>
        signed({
          scatter: [
            [2, 1],
            [1, 0],
          ],
        }),
    ],
    ['with a scatter vector of fewer pages', () => signed({ scatter: [[2, 0]] })],
    ['with a scatter vector of more pages', () => signed({ scatter: [[4, 0]] })],
    ['with an empty scatter vector', () => signed({ scatter: [] })],
    ['with hashes before encryption in the header', () => edited(92, 95)],
    ['with hashes before encryption beyond its end', () => edited(92, 0xffffffff)],
    ['with linkage beyond its end', () => edited(104, 0xffffffff)],
  ])('%s is refused', async (_, bytes) => {
    await expectRefusal('MACHO_SIGNATURE_MALFORMED', () => verify(bytes()))
  })

  it.each([0, 5, 255])('with hashes of type %i is refused', async (type) => {
    await expectRefusal('MACHO_HASH_TYPE', () => verify(octet(37, type)))
  })

  it('that leaves bytes before the signature out is refused, or one that goes beyond them', async () => {
    const code = bytesThatDiffer(10_000)
    const length = writeMachO({ code, padding: 0 }).lastIndexOf(Buffer.from('fade0cc0', 'hex'))
    expect((await verify(signed({ codeLimit: length }, { code }))).slices).toHaveLength(1)
    for (const codeLimit of [4096, length - 16, length - 1]) {
      await expectRefusal('MACHO_CODE_NOT_COVERED', () => verify(signed({ codeLimit }, { code })))
    }
    const more = signed({ edit: (bytes) => void bytes.writeUInt32BE(length + 1, 32) }, { code })
    await expectRefusal('MACHO_CODE_NOT_COVERED', () => verify(more))
  })
})

describe('several directories', () => {
  const both: DirectoryTemplate[] = [{ hashType: 1, teamId: 'ABCDE12345' }, { hashType: 2 }]
  const breaking = (at: number) =>
    both.map((each, index) =>
      index === at
        ? { ...each, edit: (bytes: Buffer) => void bytes.writeUInt32BE(1, bytes.length - 4) }
        : each,
    )

  it('are verified all; the one in slot 0 is reported', async () => {
    expect((await verify(writeMachO({ signature: { directories: both } }))).slices).toMatchObject([
      { hashType: 'sha1' },
    ])
    const four = [2, 1, 3, 4].map((hashType) => ({ hashType }))
    expect((await verify(writeMachO({ signature: { directories: four } }))).slices).toMatchObject([
      { hashType: 'sha256' },
    ])
  })

  it.each([0, 1])('are refused if number %i does not hold', async (at) => {
    await expectRefusal('MACHO_PAGE_MISMATCH', () =>
      verify(writeMachO({ signature: { directories: breaking(at) } })),
    )
  })

  it('may be of pages of different lengths', async () => {
    const directories = [
      { hashType: 1, pageBits: 12 },
      { hashType: 2, pageBits: 14 },
      { hashType: 4, pageBits: 0 },
    ]
    expect((await verify(writeMachO({ signature: { directories } }))).slices).toHaveLength(1)
  })

  it('must not have more than a million pages', async () => {
    const directories = [1, 3].map((hashType) => ({ hashType, pageBits: 1, isBlank: true }))
    const of = (length: number) => writeMachO({ code: Buffer.alloc(length), signature: { directories } })
    await expectRefusal('MACHO_PAGE_MISMATCH', () => verify(of(1_000_000)))
    await expectRefusal('MACHO_SIGNATURE_MALFORMED', () => verify(of(1_100_000)))
  })
})

describe('the components of a signature', () => {
  const signed = (signature: SignatureTemplate) => writeMachO({ signature })
  it.each<[string, AppImageErrorCode | undefined, SignatureTemplate]>([
    ['are those that are named', undefined, {}],
    ['may all be missing', undefined, { components: {} }],
    [
      'may be entitlements in DER and constraints',
      undefined,
      { components: { ...components, 7: blob(0xfade7172, '0'), 8: blob(0xfade8181, '0') } },
    ],
    [
      'are others',
      'MACHO_COMPONENT_MISMATCH',
      { edit: (bytes) => void bytes.write('true/', bytes.indexOf('dict/'), 'latin1') },
    ],
    [
      'are named and missing',
      'MACHO_COMPONENT_MISMATCH',
      { edit: (bytes) => void bytes.writeUInt32BE(0x20000, 28) },
    ],
    ['are there and not named', 'MACHO_COMPONENT_MISMATCH', { directories: [{ withoutComponents: [5] }] }],
    [
      'are named by one directory, as an older one may leave out',
      undefined,
      { directories: [{}, { hashType: 1, withoutComponents: [2] }] },
    ],
    [
      'are there and named by no directory',
      'MACHO_COMPONENT_MISMATCH',
      { directories: [{ withoutComponents: [2] }, { hashType: 1, withoutComponents: [2] }] },
    ],
  ])('%s', async (_, code, signature) => {
    if (code === undefined) expect((await verify(signed(signature))).slices).toHaveLength(1)
    else await expectRefusal(code, () => verify(signed(signature)))
  })
})
