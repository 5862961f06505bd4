import { describe, expect, test } from 'vitest'
import { boolean, integer, nothing } from '../../../../codec/test/der/encode.ts'
import { codeOf } from '../../codes.ts'
import { verifying } from '../phone.ts'
import { bootKey, challenge, enumerated, integers, rootOfTrust } from '../write-key-description.ts'

describe('version', () => {
  test.each([1, 2, 3, 4, 100, 200, 300, 400, 500])('version %d is known', async (version) => {
    expect(await codeOf(() => verifying({ statement: { version } }))).toBe('accepted')
  })

  test.each([-1, 0, 5, 41, 99, 101, 600])('version %d: ANDROID_KEY_VERSION', async (version) => {
    expect(await codeOf(() => verifying({ statement: { version } }))).toBe('ANDROID_KEY_VERSION')
  })
})

describe('commitment', () => {
  test.each([
    ['another one', Buffer.from(challenge).fill(0x41)],
    ['all but its last byte', challenge.subarray(0, -1)],
    ['it and a byte more', Buffer.concat([challenge, Buffer.of(0)])],
    ['none', Buffer.alloc(0)],
    ['its last bit flipped', Buffer.from(challenge).fill(challenge.at(-1)! ^ 1, challenge.length - 1)],
  ])('%s: ANDROID_KEY_COMMITMENT', async (_, other) => {
    expect(await codeOf(() => verifying({ statement: { challenge: other } }))).toBe('ANDROID_KEY_COMMITMENT')
  })
})

describe('origin', () => {
  test.each([1, 2, 3, 4, -1])('origin %d: ANDROID_KEY_ORIGIN', async (origin) => {
    expect(await codeOf(() => verifying({ statement: { hardware: { 702: integer(origin) } } }))).toBe(
      'ANDROID_KEY_ORIGIN',
    )
  })

  test('an origin that only the system states: ANDROID_KEY_ORIGIN', async () => {
    const statement = { hardware: { 702: undefined }, software: { 702: integer(0) } }
    expect(await codeOf(() => verifying({ statement }))).toBe('ANDROID_KEY_ORIGIN')
  })

  test('further statements of the system do not count', async () => {
    expect(await codeOf(() => verifying({ statement: { software: { 702: integer(2) } } }))).toBe('accepted')
  })
})

describe('purpose', () => {
  test.each(['hardware', 'software'])(
    'a key to attest others, as the %s list says: ANDROID_KEY_PURPOSE',
    async (list) => {
      for (const purposes of [integers(7), integers(2, 7)]) {
        expect(await codeOf(() => verifying({ statement: { [list]: { 1: purposes } } }))).toBe(
          'ANDROID_KEY_PURPOSE',
        )
      }
    },
  )

  test('other purposes are claims', async () => {
    const { claims } = await verifying({ statement: { hardware: { 1: integers(0, 1, 3) } } })
    expect(claims.purposes).toEqual([0, 1, 3])
  })
})

describe('all applications', () => {
  test.each(['hardware', 'software'])(
    'a key for every app, as the %s list says: ANDROID_KEY_ALL_APPLICATIONS',
    async (list) => {
      expect(await codeOf(() => verifying({ statement: { [list]: { 600: nothing() } } }))).toBe(
        'ANDROID_KEY_ALL_APPLICATIONS',
      )
    },
  )
})

describe('root of trust', () => {
  test.each([
    ['in neither list', { hardware: { 704: undefined } }],
    ['in the software list only', { hardware: { 704: undefined }, software: { 704: rootOfTrust() } }],
    ['in both lists', { software: { 704: rootOfTrust() } }],
  ])('%s: ANDROID_KEY_ROOT_OF_TRUST', async (_, statement) => {
    expect(await codeOf(() => verifying({ statement }))).toBe('ANDROID_KEY_ROOT_OF_TRUST')
  })
})

describe('the state of device and key is a claim, for policies to judge', () => {
  test('security levels', async () => {
    for (const [attestationLevel, keyMintLevel] of [
      [0, 0],
      [2, 0],
      [1, 2],
    ] as const) {
      const levels = ['Software', 'TrustedEnvironment', 'StrongBox']
      const { claims } = await verifying({ statement: { attestationLevel, keyMintLevel } })
      expect(claims).toMatchObject({
        attestationSecurityLevel: levels[attestationLevel],
        keyMintSecurityLevel: levels[keyMintLevel],
      })
    }
  })

  test('boot state and boot key', async () => {
    const states = await Promise.all(
      [0, 1, 2, 3].map((state) =>
        verifying({ statement: { hardware: { 704: rootOfTrust({ state: enumerated(state) }) } } }),
      ),
    )
    expect(states.map(({ claims }) => claims.verifiedBootState)).toEqual([
      'Verified',
      'SelfSigned',
      'Unverified',
      'Failed',
    ])
    expect(states[0]?.claims.verifiedBootKey).toBe(bootKey.toString('hex'))
  })

  test('the lock of the boot loader, where true may be any octet but zero', async () => {
    for (const [octet, deviceLocked] of [
      [0, false],
      [1, true],
      [0x42, true],
      [0xff, true],
    ] as const) {
      const statement = { hardware: { 704: rootOfTrust({ locked: boolean(octet) }) } }
      expect((await verifying({ statement })).claims.deviceLocked).toBe(deviceLocked)
    }
  })

  test('the patch level as the hardware states it, whatever a device makes of it', async () => {
    for (const level of [202610, 202613, 20261005, 0, -202610]) {
      const { claims } = await verifying({ statement: { hardware: { 706: integer(level) } } })
      expect(claims.osPatchLevel).toBe(level)
    }
    const statement = { hardware: { 706: undefined }, software: { 706: integer(202610) } }
    expect((await verifying({ statement })).claims.osPatchLevel).toBeNull()
  })
})
