import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { example } from '../../../src/example/index.ts'
import { codeOf } from '../../codes.ts'
import { anchorOf, contextWith, genuine, itemOver } from '../vendor.ts'

const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })

test('one of several anchors is enough', async () => {
  const [vendor] = contextWith().anchors
  const context = contextWith({ anchors: [anchorOf(other.publicKey), vendor] })
  expect((await example.verify(example.parse(itemOver(genuine)), context)).format).toBe('example')
})

test('signed by a key that is no anchor: EXAMPLE_SIGNATURE', async () => {
  const parsed = example.parse(itemOver(genuine, other.privateKey))
  expect(await codeOf(() => example.verify(parsed, contextWith()))).toBe('EXAMPLE_SIGNATURE')
})

test('another statement under the signature: EXAMPLE_SIGNATURE', async () => {
  const { statement } = itemOver({ ...genuine, device: '1' })
  const parsed = example.parse({ ...itemOver(genuine), statement })
  expect(await codeOf(() => example.verify(parsed, contextWith()))).toBe('EXAMPLE_SIGNATURE')
})

test('an anchor that cannot be read is a malfunction', async () => {
  const context = contextWith({ anchors: [{ name: 'broken', publicKey: new Uint8Array([1, 2, 3]) }] })
  const code = await codeOf(() => example.verify(example.parse(itemOver(genuine)), context))
  expect(code).not.toMatch(/^EXAMPLE_/)
  expect(code).not.toBe('accepted')
})
