import { createPublicKey, verify } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { nodeKeyStore } from '../../src/node/key-store.ts'

const freshFile = async () =>
  path.join(await mkdtemp(path.join(tmpdir(), 'client-key-')), 'keys', 'installation.pem')

describe('a key store in memory', () => {
  it('opens one key, and another after renew', async () => {
    const store = nodeKeyStore()
    const first = await store.open()
    expect((await store.open()).publicJwk).toEqual(first.publicJwk)
    const second = await store.renew()
    expect(second.publicJwk).not.toEqual(first.publicJwk)
    expect((await store.open()).publicJwk).toEqual(second.publicJwk)
  })

  it('signs ES256 with r and s side by side', async () => {
    const key = await nodeKeyStore().open()
    const signature = await key.sign(new Uint8Array([1, 2, 3]))
    expect(signature).toHaveLength(64)
    const publicKey = createPublicKey({ key: { ...key.publicJwk }, format: 'jwk' })
    const data = new Uint8Array([1, 2, 3])
    expect(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
    expect(Object.keys(key.publicJwk).sort()).toEqual(['crv', 'kty', 'x', 'y'])
  })
})

describe('a key store with a file', () => {
  it('keeps the key over restarts, for its owner only', async () => {
    const file = await freshFile()
    const { publicJwk } = await nodeKeyStore({ file }).open()
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700)
    expect((await nodeKeyStore({ file }).open()).publicJwk).toEqual(publicJwk)
  })

  it('replaces the file by renew and leaves nothing beside it', async () => {
    const file = await freshFile()
    const store = nodeKeyStore({ file })
    await store.open()
    const { publicJwk } = await store.renew()
    expect((await nodeKeyStore({ file }).open()).publicJwk).toEqual(publicJwk)
    expect(await readdir(path.dirname(file))).toEqual([path.basename(file)])
  })

  it('gives two processes that start at once the same key', async () => {
    const file = await freshFile()
    const keys = await Promise.all(Array.from({ length: 8 }, () => nodeKeyStore({ file }).open()))
    expect(new Set(keys.map(({ publicJwk }) => publicJwk.x)).size).toBe(1)
  })

  it('does not use a file that others may read', async () => {
    const file = await freshFile()
    await nodeKeyStore({ file }).open()
    await chmod(file, 0o640)
    const store = nodeKeyStore({ file })
    await expect(store.open()).rejects.toThrow('may be read by others')
    await store.renew()
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it.each([
    ['no key', 'rubbish'],
    ['half a key', '-----BEGIN PRIVATE KEY-----\nMIGHAgEA'],
  ])('does not take %s for one, and heals by renew', async (_, text) => {
    const file = await freshFile()
    await nodeKeyStore({ file }).open()
    await writeFile(file, text, { mode: 0o600 })
    const store = nodeKeyStore({ file })
    await expect(store.open()).rejects.toThrow()
    const { publicJwk } = await store.renew()
    expect((await nodeKeyStore({ file }).open()).publicJwk).toEqual(publicJwk)
  })

  it('does not take a key of another curve', async () => {
    const file = await freshFile()
    await nodeKeyStore({ file }).open()
    const { generateKeyPairSync } = await import('node:crypto')
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
    await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }))
    await expect(nodeKeyStore({ file }).open()).rejects.toThrow('not a P-256 key')
    expect(await readFile(file, 'utf8')).toContain('PRIVATE KEY')
  })
})
