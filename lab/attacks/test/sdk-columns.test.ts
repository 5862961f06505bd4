import { androidAttacks, iosAttacks, reactNativeAttacks } from '@assay/phones'
import { describe, expect, it } from 'vitest'
import { catalogue } from '../src/catalogue.ts'
import { withoutSdk, type PhoneSdk, type WithoutSdkReason } from '../src/attack/without-sdk.ts'

/** What the suite expects where hardware vouches for the app: the same of every SDK. */
const expected = new Map(catalogue.map((attack) => [attack.id, attack.expected['assay-hardware']]))

/** Needs the bridge of React Native, which the suite does not have: `docs/attacks.md` says what comes of it. */
const overTheBridge = new Map([['foreign-script', { outcome: 'through' as const }]])

/** What a phone of that kind says in place of the code of the suite, whose phone is a Pixel or a page. */
const ownCodes = new Map([
  // The app of another team is what an APK with another signer is.
  ['pristine-copy', 'APP_ATTEST_APP_ID'],
  // iPhones have no probe for automation; what drives the app is injected.
  ['driven', 'CODE_INJECTED'],
])

describe.each([
  ['Kotlin', androidAttacks, 56],
  ['Swift', iosAttacks, 47],
  ['React Native', reactNativeAttacks, 44],
] as const)('attacks with the %s SDK', (_name, attacks, least) => {
  it('are those of the suite, each once', () => {
    const ids = attacks.map(({ id }) => id)
    expect(ids.filter((id) => !expected.has(id) && !overTheBridge.has(id))).toEqual([])
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.length).toBeGreaterThanOrEqual(least)
  })

  it('come out as with the TypeScript SDK', () => {
    const others = attacks.filter(({ id, expected: code }) => {
      const wanted = expected.get(id) ?? overTheBridge.get(id)
      if (code === null || wanted?.outcome !== 'refused')
        return code !== null || wanted?.outcome !== 'through'
      // The suite tries some attacks on phones of both kinds, or in more ways.
      const admitted = [...wanted.code.split(','), ownCodes.get(id)]
      return !code.split(',').every((one) => admitted.includes(one))
    })
    expect(others).toEqual([])
  })
})

/** Attacks that name a reason for the SDK, once for each. */
function reasoned(sdk: PhoneSdk): string[] {
  return catalogue.flatMap(({ id, withoutSdk: named = [] }) =>
    named.filter((key) => withoutSdk[key].sdks.some((one) => one === sdk)).map(() => id),
  )
}

describe('attacks without an SDK', () => {
  it.each(['Kotlin', 'Swift'] as const)('have one reason each for %s, and each reason is of some', (sdk) => {
    const ids = reasoned(sdk)
    expect(new Set(ids).size).toBe(ids.length)
    const named = new Set(catalogue.flatMap(({ withoutSdk: keys = [] }) => keys))
    expect(Object.keys(withoutSdk).filter((key) => !named.has(key as WithoutSdkReason))).toEqual([])
  })

  it.each([
    ['Kotlin', androidAttacks],
    ['Swift', iosAttacks],
  ] as const)('are none that are carried out with the %s SDK', (sdk, attacks) => {
    expect(attacks.map(({ id }) => id).filter((id) => reasoned(sdk).includes(id))).toEqual([])
  })

  it.each([
    ['Kotlin', androidAttacks],
    ['Swift', iosAttacks],
  ] as const)('are all that are not carried out with the %s SDK', (sdk, attacks) => {
    const listed = new Set([...reasoned(sdk), ...attacks.map(({ id }) => id)])
    expect([...expected.keys()].filter((id) => !listed.has(id))).toEqual([])
  })
})
