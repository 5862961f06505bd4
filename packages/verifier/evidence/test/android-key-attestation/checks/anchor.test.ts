import { readFileSync } from 'node:fs'
import { createPublicKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { checkAnchor } from '../../../src/android-key-attestation/checks/anchor.ts'
import { parse } from '../../../src/android-key-attestation/parse.ts'
import { codeOf } from '../../codes.ts'
import { chainOf, itemOf, keys, spkiOf, validity, verifying } from '../phone.ts'

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
