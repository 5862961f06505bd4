import { expect, test } from 'vitest'
import { readKeyDescription } from '../../src/android-key-attestation/key-description.ts'
import {
  boolean,
  context,
  integer,
  nothing,
  octets,
  paddedElement,
  sequence,
  set,
  type Part,
} from '../../../codec/test/der/encode.ts'
import { codeOf } from '../codes.ts'
import {
  applicationId,
  bootHash,
  bootKey,
  challenge,
  enumerated,
  field,
  fieldsOf,
  hardwareList,
  integers,
  keyDescription,
  list,
  packageInfo,
  packageName,
  rootOfTrust,
  signer,
  softwareList,
  strange,
} from './write-key-description.ts'

const read = (...parts: Part[]) => readKeyDescription(sequence(...parts))
const code = (encoded: Buffer) => codeOf(() => readKeyDescription(encoded))
const changed = (changes: Readonly<Record<number, Part | undefined>>, where = 'hardware') =>
  keyDescription({ [where]: changes })

test('each field of a statement', () => {
  const description = readKeyDescription(keyDescription({ attestationLevel: 2, keyMintVersion: 41 }))
  expect(description).toMatchObject({
    attestationVersion: 400,
    attestationSecurityLevel: 'StrongBox',
    keyMintVersion: 41,
    keyMintSecurityLevel: 'TrustedEnvironment',
    challenge,
    uniqueId: Buffer.alloc(0),
    applicationId: { packages: [{ name: packageName, versionCode: 7 }], signatureDigests: [signer] },
    software: { creationDateTime: 1_790_000_000_000n, unknownTags: [] },
    hardware: {
      purpose: [2],
      algorithm: 3,
      keySize: 256,
      digest: [4],
      ecCurve: 1,
      noAuthRequired: true,
      origin: 0,
      osVersion: 160000,
      osPatchLevel: 202610,
      vendorPatchLevel: 20261005,
      bootPatchLevel: 20261001,
      rootOfTrust: {
        verifiedBootKey: bootKey,
        deviceLocked: true,
        verifiedBootState: 'Verified',
        verifiedBootHash: bootHash,
      },
      unknownTags: [],
    },
  })
})

const sets = [1, 4, 5, 6, 203]
const numbers = [2, 3, 8, 10, 11, 200, 400, 401, 402, 405, 502, 504, 505, 701, 702, 705, 706, 718, 719]
const presences = [7, 303, 305, 503, 506, 507, 508, 509, 600, 703, 720]
const strings = [709, 710, 711, 712, 713, 714, 715, 716, 717, 723, 724]

test('every field that the versions define is held to its type, and is known', async () => {
  const wellFormed: [number[], Part, Part][] = [
    [sets, integers(1, 2), integer(1)],
    [numbers, integer(1), octets(Buffer.of(1))],
    [presences, nothing(), boolean()],
    [strings, octets(applicationId()), integer(1)],
    [[704], rootOfTrust(), octets(Buffer.of(1))],
  ]
  for (const [tags, right, wrong] of wellFormed) {
    for (const tag of tags) {
      const { hardware } = readKeyDescription(changed({ [tag]: right }))
      expect(hardware.unknownTags, String(tag)).toEqual([])
      for (const where of ['hardware', 'software']) {
        expect(await code(changed({ [tag]: wrong }, where)), String(tag)).toBe('ANDROID_KEY_STATEMENT')
        expect(await code(changed({ [tag]: [right, right] }, where)), String(tag)).toBe(
          'ANDROID_KEY_STATEMENT',
        )
        expect(await code(changed({ [tag]: [] }, where)), String(tag)).toBe('ANDROID_KEY_STATEMENT')
      }
    }
  }
})

test('fields of 64 bits', () => {
  const most = 2n ** 64n - 1n
  for (const tag of [200, 400, 401, 402, 502, 701]) {
    const { hardware } = readKeyDescription(changed({ [tag]: integer(most) }))
    expect(Object.values(hardware)).toContain(most)
  }
})

test.each([2n ** 64n, -(2n ** 63n) - 1n, 2n ** 4096n])('a field of more than 64 bits', async (value) => {
  for (const tag of [200, 400, 401, 402, 502, 701])
    expect(await codeOf(() => readKeyDescription(changed({ [tag]: integer(value) })))).toBe(
      'ANDROID_KEY_STATEMENT',
    )
})

test('unknown tags are kept by number; tags may be in any order', () => {
  const { hardware } = readKeyDescription(changed({ 5000: sequence(integer(1)), 9: nothing() }))
  expect(hardware.unknownTags).toEqual([9, 5000])
  const fields = fieldsOf()
  const reversed = sequence(
    ...Object.entries(hardwareList)
      .reverse()
      .map(([tag, value]) => field(Number(tag), value)),
  )
  expect(read(...fields.slice(0, 7), reversed).hardware).toMatchObject({ origin: 0, osVersion: 160000 })
})

const lists = { software: list(softwareList), hardware: list(hardwareList) }
const body = Buffer.concat(fieldsOf().slice(0, 6))
const withHardware = (...parts: Part[]) => sequence(body, lists.software, sequence(...parts))
const withRoot = (...parts: Part[]) => changed({ 704: sequence(...parts) })

test.each<[string, Buffer]>([
  ['nothing', Buffer.alloc(0)],
  ['an OCTET STRING', octets(keyDescription())],
  ['bytes after it', Buffer.concat([keyDescription(), Buffer.of(0, 0)])],
  ['an element after the last field', keyDescription({ more: nothing() })],
  ['cut short', keyDescription().subarray(0, -1)],
  ['no hardware list', sequence(body, lists.software)],
  ['no fields', sequence()],
  ['fields in another order', sequence(lists.software, body, lists.hardware)],
  ['a version that is ENUMERATED', sequence(enumerated(400), fieldsOf().slice(1))],
  ['a version beyond a number', sequence(integer(2n ** 64n), fieldsOf().slice(1))],
  ['a padded INTEGER', sequence(paddedElement(2, 1, Buffer.of(0, 3)), fieldsOf().slice(1))],
  ['a level that is INTEGER', sequence(integer(400), integer(1), fieldsOf().slice(2))],
  ['an unknown level of the attestation', keyDescription({ attestationLevel: 3 })],
  ['a negative level', keyDescription({ attestationLevel: -1 })],
  ['an unknown level of the key', keyDescription({ keyMintLevel: 3 })],
  ['a tag twice', withHardware(field(702, integer(0)), field(702, integer(0)))],
  ['an unknown tag twice', withHardware(field(5000, nothing()), field(5000, nothing()))],
  ['a tag twice, apart', withHardware(field(702, integer(2)), field(1, integers(2)), field(702, integer(0)))],
  ['an implicit tag', withHardware(context(702, Buffer.of(0), false))],
  ['an unknown implicit tag', withHardware(context(5000, Buffer.of(0), false))],
  ['an element of no field', withHardware(integer(1))],
  ['an element of another class', withHardware(strange())],
  ['an unknown tag with nothing in it', withHardware(field(5000, []))],
  ['an unknown tag with two elements in it', withHardware(field(5000, [nothing(), nothing()]))],
  ['a set with another member', changed({ 1: set(integer(2), octets(Buffer.of(2))) })],
  ['a list that is SET', sequence(body, set(), lists.hardware)],
  ['an undefined boot state', changed({ 704: rootOfTrust({ state: enumerated(4) }) })],
  ['a negative boot state', changed({ 704: rootOfTrust({ state: enumerated(-1) }) })],
  ['a boot state that is INTEGER', changed({ 704: rootOfTrust({ state: integer(0) }) })],
  ['a lock of two octets', withRoot(octets(bootKey), Buffer.of(1, 2, 0, 1), enumerated(0), octets(bootHash))],
  ['a lock that is INTEGER', withRoot(octets(bootKey), integer(1), enumerated(0), octets(bootHash))],
  ['a root of trust with more in it', changed({ 704: rootOfTrust({ more: nothing() }) })],
  ['a root of trust without boot hash', changed({ 704: rootOfTrust({ hash: [] }) })],
  ['one without boot hash in the software list', changed({ 704: rootOfTrust({ hash: [] }) }, 'software')],
  ['a root of trust without state', withRoot(octets(bootKey), boolean())],
])('%s: ANDROID_KEY_STATEMENT', async (_, encoded) => {
  expect(await code(encoded)).toBe('ANDROID_KEY_STATEMENT')
})

test.each([
  ['DER_TAG', 'a tag twice', withHardware(field(702, integer(0)), field(702, integer(0)))],
  ['DER_TAG', 'an element of no field', withHardware(integer(1))],
  ['DER_TRUNCATED', 'a root of trust without boot hash', changed({ 704: rootOfTrust({ hash: [] }) })],
  ['DER_VALUE', 'an undefined boot state', changed({ 704: rootOfTrust({ state: enumerated(4) }) })],
  [
    'DER_VALUE',
    'the name of a package that is no text',
    changed({ 709: octets(sequence(set(sequence(octets(Buffer.of(0xff)), integer(1))), set())) }, 'software'),
  ],
])('the cause is kept: %s for %s', (code, _, encoded) => {
  expect(() => readKeyDescription(encoded)).toThrow(
    expect.objectContaining({
      cause: expect.objectContaining({ code, message: expect.stringMatching(/\w/) }),
    }),
  )
})

test.each([1, 2, 3])('version %d: the boot hash is there from 3 on, and may be before', async (version) => {
  const rootWithout = { hardware: { 704: rootOfTrust({ hash: [] }) } }
  expect(await code(keyDescription({ version }))).toBe('accepted')
  expect(await code(keyDescription({ version, ...rootWithout }))).toBe(
    version < 3 ? 'accepted' : 'ANDROID_KEY_STATEMENT',
  )
})

const withId = (encoded: Uint8Array) => changed({ 709: octets(encoded) }, 'software')
const info = packageInfo(packageName)

test.each<[string, Buffer]>([
  ['nothing', Buffer.alloc(0)],
  ['something else', octets(Buffer.of(1))],
  ['bytes after it', Buffer.concat([applicationId(), Buffer.of(0)])],
  ['packages only', sequence(set(info))],
  ['an element besides', sequence(set(info), set(), set())],
  ['packages in a SEQUENCE', sequence(sequence(info), set())],
  ['a package without version', sequence(set(sequence(octets(Buffer.from('a')))), set())],
  ['a package with more', sequence(set(sequence(octets(Buffer.from('a')), integer(1), nothing())), set())],
  ['a name that is no text', sequence(set(sequence(octets(Buffer.of(0xff)), integer(1))), set())],
  ['a version beyond 64 bits', sequence(set(sequence(octets(Buffer.from('a')), integer(2n ** 63n))), set())],
  ['a digest that is INTEGER', sequence(set(info), set(integer(1)))],
])('an application id that is %s: ANDROID_KEY_APPLICATION_ID', async (_, encoded) => {
  expect(await code(withId(encoded))).toBe('ANDROID_KEY_APPLICATION_ID')
})

test('what the hardware list holds in its place is octets', async () => {
  expect(await code(changed({ 709: octets(Buffer.of(1)) }))).toBe('accepted')
})

test('a version code has 64 bits, and is rounded where a number has fewer', () => {
  const longest = sequence(octets(Buffer.from('a')), integer(2n ** 63n - 1n))
  expect(readKeyDescription(withId(applicationId([longest], [signer]))).applicationId?.packages).toEqual([
    { name: 'a', versionCode: 2 ** 63 },
  ])
})

test('an application id may name several packages and signers, or none', () => {
  const many = applicationId([info, packageInfo('com.example.second', 2 ** 33)], [signer, 'cd'.repeat(32)])
  expect(readKeyDescription(withId(many)).applicationId).toEqual({
    packages: [
      { name: packageName, versionCode: 7 },
      { name: 'com.example.second', versionCode: 2 ** 33 },
    ],
    signatureDigests: [signer, 'cd'.repeat(32)],
  })
  expect(readKeyDescription(withId(applicationId([], []))).applicationId).toEqual({
    packages: [],
    signatureDigests: [],
  })
})
