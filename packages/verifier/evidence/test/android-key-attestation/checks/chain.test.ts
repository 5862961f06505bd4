import { createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sequence, text } from '../../../../codec/test/der/encode.ts'
import { checkAnchor } from '../../../src/android-key-attestation/check-chain.ts'
import { parse } from '../../../src/android-key-attestation/parse.ts'
import { codeOf } from '../../codes.ts'
import {
  attestationExtension,
  certificate,
  chainOf,
  type ChainTemplate,
  itemOf,
  keys,
  name,
  names,
  now,
  spkiOf,
  valid,
  validity,
  verifying,
} from '../phone.ts'
import { keyDescription } from '../write-key-description.ts'

describe('length', () => {
  test.each([1, 2])('%d certificates: ANDROID_KEY_CHAIN_LENGTH', async (count) => {
    expect(await codeOf(() => verifying({ rearrange: (chain) => chain.slice(0, count) }))).toBe(
      'ANDROID_KEY_CHAIN_LENGTH',
    )
  })
})

describe('attestation extension', () => {
  const statement = [attestationExtension(keyDescription())]

  test('a leaf without statement: ANDROID_KEY_EXTENSION', async () => {
    expect(await codeOf(() => verifying({ certificates: { 0: { extensions: [] } } }))).toBe(
      'ANDROID_KEY_EXTENSION',
    )
  })

  test.each([1, 2, 3])(
    'a statement in certificate %d beside that of the leaf: ANDROID_KEY_EXTENSION',
    async (i) => {
      expect(await codeOf(() => verifying({ certificates: { [i]: { extensions: statement } } }))).toBe(
        'ANDROID_KEY_EXTENSION',
      )
    },
  )

  test('a statement above the leaf only: ANDROID_KEY_EXTENSION', async () => {
    const moved = { 0: { extensions: [] }, 1: { extensions: statement } }
    expect(await codeOf(() => verifying({ certificates: moved }))).toBe('ANDROID_KEY_EXTENSION')
  })

  test('a leaf that an attested key has issued: ANDROID_KEY_EXTENSION', async () => {
    const forged = certificate({
      serial: 1,
      issuer: names.leaf,
      subject: names.leaf,
      validity: validity('2026-01-01', '2027-01-01'),
      spki: spkiOf(keys.other),
      extensions: statement,
      by: keys.app,
      hash: 'sha256',
    })
    expect(await codeOf(() => verifying({ rearrange: (chain) => [forged, ...chain] }))).toBe(
      'ANDROID_KEY_EXTENSION',
    )
  })
})

describe('repeated key', () => {
  const expired = validity('2026-01-01', '2026-02-01')

  /** Another root certificate of the same key and name, as the vendor issues them over the years. */
  const otherRoot = chainOf({ certificates: { 3: { serial: 0xb2 } } })[3] as Buffer

  test.each<[string, ChainTemplate['rearrange']]>([
    ['a certificate twice', ([leaf, device, ...others]) => [leaf!, device!, device!, ...others]],
    ['the root twice', (chain) => [...chain, chain[3]!]],
    ['two root certificates of one key', (chain) => [...chain, otherRoot]],
  ])('%s: ANDROID_KEY_REPEATED_KEY', async (_, rearrange) => {
    const rearranging = { rearrange: rearrange as NonNullable<typeof rearrange> }
    expect(await codeOf(() => verifying(rearranging))).toBe('ANDROID_KEY_REPEATED_KEY')
  })

  test('an expired remote chain does not become one from the factory by a second root', async () => {
    const remote: ChainTemplate = { kind: 'remote', certificates: { 1: { validity: expired } } }
    expect(await codeOf(() => verifying(remote))).toBe('ANDROID_KEY_EXPIRED')
    const disguised = { ...remote, rearrange: (chain: readonly Buffer[]) => [...chain, otherRoot] }
    expect(await codeOf(() => verifying(disguised))).toBe('ANDROID_KEY_REPEATED_KEY')
  })

  test('the same name with another key is not a repetition', async () => {
    const renamed = {
      0: { issuer: names.factory },
      1: { subject: names.factory },
      2: { spki: spkiOf(keys.intermediate) },
    }
    expect(await codeOf(() => verifying({ certificates: renamed }))).toBe('accepted')
  })
})

describe('anchor', () => {
  const anchorOf = (publicKey: Buffer) => [{ name: 'other', publicKey }]

  test('a root whose key is no anchor: ANDROID_KEY_ANCHOR', async () => {
    const anchors = anchorOf(spkiOf(keys.other))
    expect(await codeOf(() => verifying({}, { anchors }))).toBe('ANDROID_KEY_ANCHOR')
  })

  test('a root of the same name with another key: ANDROID_KEY_ANCHOR', async () => {
    const lookalike = { 2: { by: keys.other }, 3: { by: keys.other, spki: spkiOf(keys.other) } }
    expect(await codeOf(() => verifying({ certificates: lookalike }))).toBe('ANDROID_KEY_ANCHOR')
  })

  test('a chain that ends before its root: ANDROID_KEY_ANCHOR', async () => {
    expect(await codeOf(() => verifying({ rearrange: (chain) => chain.slice(0, 3) }))).toBe(
      'ANDROID_KEY_ANCHOR',
    )
  })

  test('any anchor will do, whatever the dates and the signature of the root certificate', async () => {
    const anchors = [...anchorOf(spkiOf(keys.other)), { name: 'mine', publicKey: spkiOf(keys.root) }]
    const odd = {
      3: { by: keys.other, hash: 'sha256' as const, validity: validity('2040-01-01', '2041-01-01') },
    }
    const { claims } = await verifying({ certificates: odd }, { anchors })
    expect(claims.anchor).toBe('mine')
  })

  test('a root of software attestation is refused even as an anchor: ANDROID_KEY_SOFTWARE_ROOT', async () => {
    const file = new URL('../software-root.pem', import.meta.url)
    const software = createPublicKey(readFileSync(file)).export({ type: 'spki', format: 'der' })
    const { certificates } = parse(itemOf(chainOf({ certificates: { 3: { spki: software } } })))
    const check = () => checkAnchor(certificates.at(-1)!, anchorOf(software))
    expect(await codeOf(check)).toBe('ANDROID_KEY_SOFTWARE_ROOT')
  })
})

describe('issuer names', () => {
  test.each([0, 1, 2])('another issuer in certificate %d: ANDROID_KEY_ISSUER', async (i) => {
    const changed = { [i]: { issuer: name(['2.5.4.3', 'Somebody']) } }
    expect(await codeOf(() => verifying({ certificates: changed }))).toBe('ANDROID_KEY_ISSUER')
  })

  test('names are compared byte for byte', async () => {
    const changed = { 0: { issuer: name(['2.5.4.10', 'tee'], ['2.5.4.3', '5eed']) } }
    expect(await codeOf(() => verifying({ certificates: changed }))).toBe('ANDROID_KEY_ISSUER')
  })

  test('certificates in another order: ANDROID_KEY_ISSUER', async () => {
    const swapped = {
      rearrange: ([leaf, device, intermediate, root]: readonly Buffer[]) => [
        leaf!,
        intermediate!,
        device!,
        root!,
      ],
    }
    expect(await codeOf(() => verifying(swapped))).toBe('ANDROID_KEY_ISSUER')
  })

  test("a root's statement about its own issuer does not count", async () => {
    const changed = { 3: { issuer: name(['2.5.4.3', 'Somebody']) } }
    expect(await codeOf(() => verifying({ certificates: changed }))).toBe('accepted')
  })
})

describe('validity', () => {
  const day = 86_400
  const skew = 300
  const start = Date.UTC(2026, 0, 1) / 1000
  const end = Date.UTC(2027, 0, 1) / 1000
  const later = validity('2027-01-01', '2030-01-01')
  const over = validity('2020-01-01', '2021-01-01')

  const at = (template: ChainTemplate, time: number) => codeOf(() => verifying(template, { now: time }))

  test.each(['factory', 'remote'] as const)(
    '%s: not yet valid is ANDROID_KEY_NOT_YET_VALID',
    async (kind) => {
      for (const i of [1, 2]) {
        const template = { kind, certificates: { [i]: { validity: later } } }
        expect(await at(template, now)).toBe('ANDROID_KEY_NOT_YET_VALID')
      }
      expect(await at({ kind }, start - skew)).toBe('accepted')
      expect(await at({ kind }, start - skew - 1)).toBe('ANDROID_KEY_NOT_YET_VALID')
    },
  )

  test('remote: expired is ANDROID_KEY_EXPIRED', async () => {
    for (const i of [1, 2]) {
      const template = { kind: 'remote', certificates: { [i]: { validity: over } } } as const
      expect(await at(template, now)).toBe('ANDROID_KEY_EXPIRED')
    }
    expect(await at({ kind: 'remote' }, end + skew)).toBe('accepted')
    expect(await at({ kind: 'remote' }, end + skew + 1)).toBe('ANDROID_KEY_EXPIRED')
  })

  test('factory: expiry does not count', async () => {
    expect(await at({}, end + 3650 * day)).toBe('accepted')
  })

  test.each([
    ['of neither kind', name(['2.5.4.3', 'Somebody'])],
    [
      'with the name of the remote kind and a serial number',
      name(['2.5.4.3', 'Droid CA2'], ['2.5.4.10', 'Google LLC'], ['2.5.4.5', '1']),
    ],
  ])('a chain %s: expired is ANDROID_KEY_EXPIRED', async (_, subject) => {
    const template = { certificates: { 1: { issuer: subject, validity: over }, 2: { subject } } }
    expect(await at(template, now)).toBe('ANDROID_KEY_EXPIRED')
  })

  test.each([
    ['another organization', name(['2.5.4.3', 'Droid CA2'], ['2.5.4.10', 'Somebody'], ['2.5.4.5', '1'])],
    ['in another attribute', name(['2.5.4.11', 'Droid CA2'], ['2.5.4.10', 'Google LLC'], ['2.5.4.5', '1'])],
    ['another common name', name(['2.5.4.3', 'Droid CA3'], ['2.5.4.10', 'Google LLC'], ['2.5.4.5', '1'])],
  ])('the remote kind is its full name: %s', async (_, subject) => {
    const { claims } = await verifying({ certificates: { 1: { issuer: subject }, 2: { subject } } })
    expect(claims.provisioning).toBe('factory')
  })

  test('a name below the root that cannot be read: ANDROID_KEY_CERTIFICATE', async () => {
    const subject = sequence(sequence())
    expect(await at({ certificates: { 1: { issuer: subject }, 2: { subject } } }, now)).toBe(
      'ANDROID_KEY_CERTIFICATE',
    )
  })

  test('dates of leaf and root do not count', async () => {
    for (const i of [0, 3]) {
      for (const dates of [later, over]) {
        expect(await at({ kind: 'remote', certificates: { [i]: { validity: dates } } }, now)).toBe('accepted')
      }
    }
  })

  test('an invalid date above the leaf: ANDROID_KEY_CERTIFICATE; one in the leaf does not matter', async () => {
    const broken = sequence(text('20260101000000', 0x18), text('20270101000000Z', 0x18))
    expect(await at({ certificates: { 1: { validity: broken } } }, now)).toBe('ANDROID_KEY_CERTIFICATE')
    expect(await at({ certificates: { 0: { validity: broken }, 1: { validity: valid } } }, now)).toBe(
      'accepted',
    )
  })
})
