import { describe, expect, it } from 'vitest'
import { createKeyUseCases } from '../../src/keys/keys.usecases.ts'
import type {
  SigningKeyRepository,
  StoredSigningKey,
} from '../../src/signing-keys/signing-keys.repository.ts'

const day = 24 * 3600 * 1000

function memory(): SigningKeyRepository & { keys: StoredSigningKey[] } {
  const keys: StoredSigningKey[] = []
  return {
    keys,
    insert: async (key) => {
      if (keys.some(({ number, kid }) => number === key.number || kid === key.kid)) return 'exists'
      keys.push(key)
      return 'ok'
    },
    list: async () => [...keys],
    setRetirement: async (kid, retireAt) => {
      const key = keys.find((one) => one.kid === kid)
      if (key !== undefined) key.retireAt = retireAt
      return key !== undefined
    },
  }
}

describe('the keys that sign tokens', () => {
  it('are none before they were read, which is a malfunction', () => {
    expect(() => createKeyUseCases({ signingKeys: memory(), clock: () => day }).signing()).toThrow('no key')
  })

  it('begin with one, which stays the same over a restart', async () => {
    const signingKeys = memory()
    const clock = () => 1000 * day
    const first = createKeyUseCases({ signingKeys, clock })
    await first.refresh()
    const second = createKeyUseCases({ signingKeys, clock })
    await second.refresh()
    expect(second.signing().kid).toBe(first.signing().kid)
    expect(first.jwks().keys).toHaveLength(1)
    expect(JSON.stringify(first.jwks())).not.toContain('"d"')
  })

  it('are one after the other: published before it signs, and until its last token has expired', async () => {
    let now = 1000 * day
    const keys = createKeyUseCases({ signingKeys: memory(), clock: () => now })
    const seen: string[][] = []
    for (let i = 0; i < 100 * 24; i++) {
      await keys.refresh()
      const published = keys.jwks().keys.map(({ kid }) => kid)
      const { kid } = keys.signing()
      expect(published).toContain(kid)
      if (kid !== seen.at(-1)?.[0]) {
        // Whoever starts to sign was published at every hour of the day before.
        for (const earlier of seen.length === 0 ? [] : seen.slice(-23)) expect(earlier).toContain(kid)
      }
      seen.push([kid, ...published])
      now += day / 24
    }
    expect(new Set(seen.map(([kid]) => kid)).size).toBe(2)
    expect(keys.jwks().keys).toHaveLength(1)
  })

  it('are made once by two nodes that start at once', async () => {
    const signingKeys = memory()
    const nodes = [0, 1].map(() => createKeyUseCases({ signingKeys, clock: () => 1000 * day }))
    await Promise.all(nodes.map((node) => node.refresh()))
    expect(signingKeys.keys).toHaveLength(1)
    expect(nodes[0]?.signing().kid).toBe(nodes[1]?.signing().kid)
  })
})
