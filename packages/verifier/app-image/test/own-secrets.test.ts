import { describe, expect, it } from 'vitest'
import { createOwnSecretSearch, ownSecretsIn } from '../src/report/own-secrets.ts'

const random = 'Ab3_-'.repeat(8) + 'xYz'
const key = `assay_${random}`

describe('ownSecretsIn', () => {
  it.each([key, `assaydev_${random}`])('finds a secret of Assay: %s', (secret) => {
    expect(ownSecretsIn(`key="${secret}"`)).toEqual([{ start: 5, end: 5 + secret.length }])
  })

  it.each([
    `assay_${random}a`,
    key.slice(0, -1),
    `my${key}`,
    `assay_${'read_the_key_of_it'.repeat(3).slice(0, 43)}`,
  ])('takes nothing else for one: %s', (text) => expect(ownSecretsIn(text)).toEqual([]))
})

describe('createOwnSecretSearch', () => {
  it('finds a secret however the bytes are cut, and none where there is none', () => {
    const bytes = Buffer.from(`const key = "${key}";`)
    for (let at = 0; at <= bytes.length; at += 1) {
      const search = createOwnSecretSearch()
      search.add(bytes.subarray(0, at))
      search.add(bytes.subarray(at))
      expect(search.found()).toBe(true)
    }
    const search = createOwnSecretSearch()
    search.add(Buffer.from('assay_ and assaydev_'))
    expect(search.found()).toBe(false)
  })
})
