import { createPublicKey, verify } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ChallengeRequest } from '@assay/protocol'
import { describe, expect, it } from 'vitest'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { nodeKeyStore } from '../../src/node/key-store.ts'
import { fakeWorld } from '../fake/fake-world.ts'

const freshFile = async () =>
  path.join(await mkdtemp(path.join(tmpdir(), 'client-key-')), 'keys', 'installation.pem')

function otherCurve(): string {
  const { privateKey } = fixedKeyPair('P-384', 'of another curve')
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
}

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

  it('neither uses nor replaces a file that others may read', async () => {
    const file = await freshFile()
    const { publicJwk } = await nodeKeyStore({ file }).open()
    await chmod(file, 0o644)
    const store = nodeKeyStore({ file })
    await expect(store.open()).rejects.toThrow(/^keyFile: .*mode 0644.*chmod 600/)
    await expect(store.renew()).rejects.toThrow(/^keyFile: .*mode 0644.*chmod 600/)
    await expect(nodeKeyStore({ file }).renew()).rejects.toThrow('mode 0644')
    await chmod(file, 0o600)
    expect((await store.open()).publicJwk).toEqual(publicJwk)
  })

  it.each([
    ['half a key', (text: string) => text.slice(0, 80)],
    ['a key of another curve', (text: string) => text.replace(/-----[^]*/, otherCurve())],
  ])('of its own that holds %s: heals by renew', async (_, damage) => {
    const file = await freshFile()
    await nodeKeyStore({ file }).open()
    await writeFile(file, damage(await readFile(file, 'utf8')))
    const store = nodeKeyStore({ file })
    await expect(store.open()).rejects.toThrow('keyFile: damaged')
    const { publicJwk } = await store.renew()
    expect((await nodeKeyStore({ file }).open()).publicJwk).toEqual(publicJwk)
  })

  it.each([
    ['notes', 'buy milk'],
    ['nothing', ''],
    ['a key of another curve', otherCurve()],
    ['half a key that was not made here', '-----BEGIN PRIVATE KEY-----\nMIGHAgEA'],
    ['too much for a key', 'Assay installation key\n'.repeat(1000)],
  ])('does not touch a file that holds %s', async (_, text) => {
    const file = await freshFile()
    await mkdir(path.dirname(file))
    await writeFile(file, text, { mode: 0o600 })
    const store = nodeKeyStore({ file })
    for (const use of [() => store.renew(), () => store.open(), () => store.renew()]) {
      await expect(use()).rejects.toThrow(
        'keyFile: not a key file of the SDK; give another path or remove it',
      )
    }
    expect(await readFile(file, 'utf8')).toBe(text)
    expect(await readdir(path.dirname(file))).toEqual([path.basename(file)])
  })

  it('uses a P-256 key that was not made here, and does not replace it', async () => {
    const file = await freshFile()
    await nodeKeyStore({ file }).open()
    const text = (await readFile(file, 'utf8')).replace(/^[^-]*/, '')
    await writeFile(file, text)
    const store = nodeKeyStore({ file })
    await store.open()
    await expect(store.renew()).rejects.toThrow('not a key file of the SDK')
    expect(await readFile(file, 'utf8')).toBe(text)
  })

  it('does not touch a folder', async () => {
    const folder = path.dirname(await freshFile())
    const store = nodeKeyStore({ file: path.dirname(folder) })
    await expect(store.open()).rejects.toThrow('not a key file of the SDK')
    await expect(store.renew()).rejects.toThrow('not a key file of the SDK')
  })

  it('names the option where the file system refuses', async () => {
    const file = await freshFile()
    await nodeKeyStore({ file }).open()
    const store = nodeKeyStore({ file: path.join(file, 'below') })
    await expect(store.open()).rejects.toThrow('keyFile: cannot be read or written (ENOTDIR)')
    await expect(store.renew()).rejects.toThrow('keyFile: cannot be read or written (ENOTDIR)')
  })

  it.each([5, '', null, {}])('refuses %j as its path', (file) => {
    expect(() => nodeKeyStore({ file: file as string })).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE', message: expect.stringMatching(/^keyFile:/) }),
    )
  })
})

describe('that a token was given for the key', () => {
  it('is kept in its file', async () => {
    const file = await freshFile()
    const store = nodeKeyStore({ file })
    const key = await store.open()
    expect(key.isEnrolled).toBe(false)
    await store.enrolled?.(key)
    const again = await nodeKeyStore({ file }).open()
    expect(again.isEnrolled).toBe(true)
    expect(again.publicJwk).toEqual(key.publicJwk)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('outlives thirteen updates of the app: one key that enrols once', async () => {
    const file = await freshFile()
    const world = fakeWorld({ keyStore: nodeKeyStore({ file }) })
    for (let version = 0; version <= 13; version++)
      await world.another({ build: `1.${version}+${version}`, keyStore: nodeKeyStore({ file }) }).getToken()
    const requests = world.service
      .bodies('/v1/challenges')
      .map((body) => JSON.parse(body) as ChallengeRequest)
    const refreshes = Array.from({ length: 13 }, () => 'refresh')
    expect(requests.map(({ purpose }) => purpose)).toEqual(['enrolment', ...refreshes])
    expect(new Set(requests.map(({ key }) => key)).size).toBe(1)
  })

  it('is not said of a key that has taken its place', async () => {
    const file = await freshFile()
    const store = nodeKeyStore({ file })
    const key = await store.open()
    const other = await nodeKeyStore({ file }).renew()
    await store.enrolled?.(key)
    const found = await nodeKeyStore({ file }).open()
    expect(found).toMatchObject({ isEnrolled: false, publicJwk: other.publicJwk })
  })

  it('is kept nowhere without a file', async () => {
    const store = nodeKeyStore()
    await store.enrolled?.(await store.open())
    expect((await store.open()).isEnrolled).toBe(false)
  })
})
