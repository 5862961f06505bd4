import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { prepareBody } from '../../src/system/prepared-body.ts'

it('compresses a body once, and keeps it as it is', async () => {
  const plain = Buffer.from('text '.repeat(1_000))
  const prepared = await prepareBody(plain)
  expect(prepared.plain).toBe(plain)
  expect(gunzipSync(prepared.gzip as Buffer)).toEqual(plain)
  expect((prepared.gzip as Buffer).length).toBeLessThan(100)
})

it('keeps no compressed form that is longer', async () => {
  const random = createHash('sha256').update('noise').digest()
  expect((await prepareBody(random)).gzip).toBeUndefined()
  expect((await prepareBody(Buffer.alloc(0))).gzip).toBeUndefined()
})
