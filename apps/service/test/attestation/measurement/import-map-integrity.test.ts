import { describe, expect, it } from 'vitest'
import { knowsPins } from '../../../src/attestation/measurement/import-map-integrity.ts'

const chrome = (version: string) =>
  `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version} Safari/537.36`
const firefox = (version: string) =>
  `Mozilla/5.0 (X11; Linux x86_64; rv:${version}) Gecko/20100101 Firefox/${version}`
const phone = (version: string) =>
  `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${version} Mobile/15E148 Safari/604.1`
const mac = (version: string) =>
  `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${version} Safari/605.1.15`

describe('knowsPins', () => {
  it.each([
    chrome('127.0.0.0'),
    `${chrome('140.0.0.0')} Edg/140.0.0.0`,
    firefox('138.0'),
    phone('18.0'),
    mac('18.1.1'),
  ])('knows %s', (userAgent) => {
    expect(knowsPins(userAgent)).toBe(true)
  })

  it.each([
    chrome('126.0.0.0'),
    firefox('137.0'),
    phone('17.6'),
    mac('17.6'),
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/127.0.0.0 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Linux; Android 4.4; en-us) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30',
    'curl/8.0',
    'Chrome/200.0',
    '',
  ])('takes %j for one that does not', (userAgent) => {
    expect(knowsPins(userAgent)).toBe(false)
  })
})
