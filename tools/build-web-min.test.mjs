import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { webMinText } from './build-web-min.mjs'

test('the SDK in one file exports what `@assay/client/web` does, imports nothing, and is the same each time', async () => {
  const text = await webMinText()
  const inMemory = await import(`data:text/javascript,${encodeURIComponent(text)}`)
  const source = await import('@assay/client/web')
  expect(Object.keys(inMemory).sort()).toEqual(Object.keys(source).sort())
  // Bytes. A page that brings it needs no other file.
  expect(Buffer.byteLength(text)).toBeLessThan(40_000)
  expect(text).not.toMatch(/\bimport\b/)
  const digest = (each) => createHash('sha384').update(each).digest('base64')
  expect(digest(await webMinText())).toBe(digest(text))
})
