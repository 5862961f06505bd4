import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { ChangesUnknown } from '../../src/operations/change-watch.ts'
import { createSigningKeyUseCases } from '../../src/operations/signing-keys.usecases.ts'
import type { SigningKeyStore, StoredSigningKey } from '../../src/operations/ports.ts'

const day = 24 * 3600 * 1000

function memory(): SigningKeyStore & { keys: StoredSigningKey[] } {
  const keys: StoredSigningKey[] = []
  return {
    keys,
    insert: async (key) => {
      if (keys.some(({ number, kid }) => number === key.number || kid === key.kid)) return 'exists'
      keys.push(key)
      return 'ok'
    },
    list: async () => [...keys],
    retire: async (kid, retireAt) => {
      const key = keys.find((one) => one.kid === kid)
      if (key === undefined || (key.retireAt !== null && key.retireAt <= retireAt)) return false
      key.retireAt = retireAt
      return true
    },
    replaceAll: async (key, at) => {
      if (keys.some(({ number, kid }) => number === key.number || kid === key.kid)) return 'exists'
      const ended = keys.filter(({ retireAt }) => retireAt === null || retireAt > at)
      for (const each of ended) each.retireAt = at
      keys.push(key)
      return ended.map(({ kid }) => kid)
    },
  }
}

describe('the keys that sign tokens', () => {
  it('are missing before they were read, which is a malfunction', () => {
    expect(() => createSigningKeyUseCases({ signingKeys: memory(), clock: () => day }).signing()).toThrow(
      'no key',
    )
  })

  it('begin with one, which stays the same over a restart', async () => {
    const signingKeys = memory()
    const clock = () => 1000 * day
    const first = createSigningKeyUseCases({ signingKeys, clock })
    await first.refresh()
    const second = createSigningKeyUseCases({ signingKeys, clock })
    await second.refresh()
    expect(second.signing().kid).toBe(first.signing().kid)
    expect(first.jwks().keys).toHaveLength(1)
    expect(JSON.stringify(first.jwks())).not.toContain('"d"')
  })

  it('are made as of the time at which they were planned, though a second ends in between', async () => {
    let now = 1000 * day
    const clock = () => (now += 1000)
    const keys = createSigningKeyUseCases({ signingKeys: memory(), clock })
    await keys.refresh()
    expect(keys.signing().alg).toBe('ES256')
  })

  it.each([1, 400])('sign when the clock is set back by %i days, before any was made', async (days) => {
    let now = 1000 * day
    const signingKeys = memory()
    const keys = createSigningKeyUseCases({ signingKeys, clock: () => now })
    await keys.refresh()
    const { kid } = keys.signing()
    now -= days * day
    expect(keys.signing().kid).toBe(kid)
    const restarted = createSigningKeyUseCases({ signingKeys, clock: () => now })
    await restarted.refresh()
    expect(restarted.signing().kid).toBe(kid)
    expect(restarted.jwks().keys.map((key) => key.kid)).toEqual([kid])
  })

  it('sign as of now after a rotation, where the clock was ahead when they were made', async () => {
    let now = 1400 * day
    const signingKeys = memory()
    const keys = createSigningKeyUseCases({ signingKeys, clock: () => now })
    await keys.refresh()
    now = 1000 * day
    await keys.refresh()
    // Relying parties refuse what is signed by it: it is of the future.
    expect(keys.signing().activateAt).toBe((1400 * day) / 1000)
    const { kid, withdrawn } = await keys.rotate()
    expect(withdrawn).toHaveLength(1)
    const restarted = createSigningKeyUseCases({ signingKeys, clock: () => now })
    await restarted.refresh()
    for (const each of [keys, restarted]) {
      expect(each.signing()).toMatchObject({ kid, activateAt: (1000 * day) / 1000 })
      expect(each.jwks().keys.map((key) => key.kid)).toEqual([kid])
    }
  })

  it('are one after the other: published before it signs, and until its last token has expired', async () => {
    let now = 1000 * day
    const keys = createSigningKeyUseCases({ signingKeys: memory(), clock: () => now })
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

  it('sign for a moment ago with the key of that time, unless it was withdrawn', async () => {
    let now = 1000 * day
    const keys = createSigningKeyUseCases({ signingKeys: memory(), clock: () => now })
    await keys.refresh()
    const { kid } = keys.signing()
    for (let i = 0; i < 90; i++) {
      now += day
      await keys.refresh()
    }
    expect(keys.signing().kid).not.toBe(kid)
    expect(keys.signing(now - 1_000).kid).toBe(kid)
    await keys.rotate()
    expect(() => keys.signing(now - 1_000)).toThrow(expect.objectContaining({ code: 'challenge_expired' }))
  })

  it('are made once by two nodes that start at once', async () => {
    const signingKeys = memory()
    const nodes = [0, 1].map(() => createSigningKeyUseCases({ signingKeys, clock: () => 1000 * day }))
    await Promise.all(nodes.map((node) => node.refresh()))
    expect(signingKeys.keys).toHaveLength(1)
    expect(nodes[0]?.signing().kid).toBe(nodes[1]?.signing().kid)
  })

  it('are all withdrawn by a rotation, the successor too, and a new one signs at once and by plan from then on', async () => {
    let now = 1000 * day
    const signingKeys = memory()
    const keys = createSigningKeyUseCases({ signingKeys, clock: () => now })
    await keys.refresh()
    now += 89 * day
    await keys.refresh()
    const stolen = keys.jwks().keys.map(({ kid }) => kid)
    expect(stolen).toHaveLength(2)
    const { kid, withdrawn } = await keys.rotate()
    expect([...withdrawn].sort()).toEqual([...stolen].sort())
    expect(stolen).not.toContain(kid)
    expect(keys.signing().kid).toBe(kid)
    expect(keys.jwks().keys.map((key) => key.kid)).toEqual([kid])
    for (let i = 0; i < 88; i++) {
      now += day
      await keys.refresh()
      expect(keys.jwks().keys.map((key) => key.kid)).toEqual([kid])
    }
    now += day
    await keys.refresh()
    expect(keys.jwks().keys).toHaveLength(2)
    const again = await keys.rotate()
    expect(again.withdrawn).toHaveLength(2)
    expect(signingKeys.keys.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5])
  })

  it('are not brought back by a reading that began before the rotation', async () => {
    const signingKeys = memory()
    const keys = createSigningKeyUseCases({ signingKeys, clock: () => 1000 * day })
    await keys.refresh()
    const { list } = signingKeys
    let isFirst = true
    signingKeys.list = async () => {
      const isSlow = isFirst
      isFirst = false
      const read = (await list()).map((key) => ({ ...key }))
      if (isSlow) await wait(50)
      return read
    }
    const [, { kid }] = await Promise.all([keys.refresh(), keys.rotate()])
    expect(keys.jwks().keys.map((key) => key.kid)).toEqual([kid])
  })

  it('stay unchanged if they cannot be replaced all at once', async () => {
    const signingKeys = memory()
    const { replaceAll } = signingKeys
    const keys = createSigningKeyUseCases({ signingKeys, clock: () => 1000 * day })
    await keys.refresh()
    const before = keys.signing().kid
    signingKeys.replaceAll = () => Promise.reject(new Error('the database is away'))
    await expect(keys.rotate()).rejects.toThrow('away')
    expect(keys.signing().kid).toBe(before)
    signingKeys.replaceAll = replaceAll
    expect((await keys.rotate()).withdrawn).toEqual([before])
    expect(keys.jwks().keys).toHaveLength(1)
  })
})

describe('where other nodes may withdraw keys', () => {
  it('a node signs nothing without a lease', async () => {
    let hasLease = true
    const lease = {
      check: () => {
        if (!hasLease) throw new ChangesUnknown(0)
      },
      outlast: () => Promise.resolve(),
    }
    const keys = createSigningKeyUseCases({ signingKeys: memory(), clock: () => 1000 * day, lease })
    await keys.refresh()
    expect(keys.signing().kid).toBeDefined()
    hasLease = false
    expect(() => keys.signing()).toThrow(ChangesUnknown)
    // What was published stays so.
    expect(keys.jwks().keys).toHaveLength(1)
  })

  it('a rotation is answered only when no lease of before can be held', async () => {
    const happened: string[] = []
    const lease = {
      check: () => undefined,
      outlast: async () => {
        await Promise.resolve()
        happened.push('outlasted')
      },
    }
    const keys = createSigningKeyUseCases({ signingKeys: memory(), clock: () => 1000 * day, lease })
    await keys.refresh()
    await keys.rotate()
    happened.push('answered')
    expect(happened).toEqual(['outlasted', 'answered'])
  })
})
