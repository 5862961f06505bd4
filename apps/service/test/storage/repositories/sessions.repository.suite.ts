import { describe, expect, it } from 'vitest'
import { createApiKeyRepository } from '../../../src/storage/repositories/api-keys.repository.ts'
import { createSessionRepository } from '../../../src/storage/repositories/sessions.repository.ts'
import { hexOf, rowMacs } from '../support/examples.ts'
import type { StorageWorld } from '../support/storage-world.ts'

export function sessionRepositorySuite(world: StorageWorld): void {
  const open = async () => {
    const storage = await world.open()
    const keys = createApiKeyRepository({ ...storage, macs: rowMacs })
    await keys.insert({
      id: 'key',
      name: 'key',
      scope: 'read',
      apps: [],
      public_key: null,
      let_through: false,
      prefix: 'assay_',
      hash: hexOf('key'),
      created_at: '2026-11-27T00:00:00.000Z',
      expires_at: null,
      last_used_at: null,
    })
    return { keys, sessions: createSessionRepository({ ...storage, macs: rowMacs }) }
  }
  const session = (name: string, at: number) => ({ hash: hexOf(name), key: 'key', createdAt: at, seenAt: at })

  describe('sessions of the console', () => {
    it('are found by their digest, and recorded when they are used', async () => {
      const { sessions } = await open()
      expect(await sessions.insert(session('a', 1000), 5)).toBe('ok')
      await sessions.touch(hexOf('a'), 2000)
      expect(await sessions.find(hexOf('a'))).toEqual({ ...session('a', 1000), seenAt: 2000 })
      expect(await sessions.find(hexOf('b'))).toBeUndefined()
      await sessions.remove(hexOf('a'))
      await sessions.remove(hexOf('a'))
      expect(await sessions.find(hexOf('a'))).toBeUndefined()
    })

    it('end with their key, and need one', async () => {
      const { keys, sessions } = await open()
      await sessions.insert(session('a', 1000), 5)
      expect(await keys.remove('key', 2000)).toBe(true)
      expect(await sessions.find(hexOf('a'))).toBeUndefined()
      expect(await sessions.insert(session('b', 1000), 5)).toBe('key_not_found')
    })

    it('of one key are so many, the newest', async () => {
      const { sessions } = await open()
      for (const [i, name] of ['a', 'b', 'c'].entries()) await sessions.insert(session(name, i), 2)
      expect(await sessions.find(hexOf('a'))).toBeUndefined()
      expect(await sessions.find(hexOf('b'))).toBeDefined()
      // By a clock that was set back: the new one stays all the same.
      await sessions.insert(session('d', -1), 2)
      expect(await sessions.find(hexOf('d'))).toBeDefined()
    })

    it('go when they are old, or long unused', async () => {
      const { sessions } = await open()
      await sessions.insert(session('old', 1000), 5)
      await sessions.insert(session('used', 2000), 5)
      await sessions.insert({ ...session('unused', 2000), seenAt: 2500 }, 5)
      await sessions.touch(hexOf('old'), 9000)
      await sessions.touch(hexOf('used'), 9000)
      await sessions.prune(2000, 3000)
      const left = await Promise.all(['old', 'used', 'unused'].map((name) => sessions.find(hexOf(name))))
      expect(left.map((one) => one !== undefined)).toEqual([false, true, false])
    })
  })
}
