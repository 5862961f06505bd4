import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { installationPseudonym } from '../src/index.ts'
import { misuse, thrownBy } from './misuse.ts'

const secret = new Uint8Array(32).fill(5)
const key = 'k'.repeat(43)
const of = (app: string, audience: string, thumbprint = key, by = secret) =>
  installationPseudonym(by, app, audience, thumbprint)

test('HMAC-SHA-256 over label, app, audience and thumbprint, each with its length', () => {
  const lp = (text: string) => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)])
  const input = Buffer.concat([
    Buffer.from('assay/installation/1\0'),
    lp('com.example.app'),
    lp('https://api.example.com'),
    lp(key),
  ])
  const expected = createHmac('sha256', secret).update(input).digest('base64url')
  expect(of('com.example.app', 'https://api.example.com')).toBe(expected)
  expect(expected).toHaveLength(43)
})

test('another app, API, installation or secret gives another name', () => {
  const names = [
    of('app', 'https://a.example'),
    of('app', 'https://b.example'),
    of('app2', 'https://a.example'),
    of('app', 'https://a.example', 'l'.repeat(43)),
    of('app', 'https://a.example', key, new Uint8Array(32).fill(6)),
    of('apph', 'ttps://a.example'),
  ]
  expect(new Set(names).size).toBe(names.length)
})

test.each([0, 16, 31])('a secret of %d bytes is misuse', (length) => {
  expect(thrownBy(() => of('app', 'https://a.example', key, new Uint8Array(length)))).toEqual(misuse)
})
