import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readStatusList } from '@assay/evidence/android-key-attestation'
import { createGoogleCa, createGoogleMock, type GoogleMock } from '../../src/index.ts'

describe('the status list', () => {
  let mock: GoogleMock
  const [serial = ''] = createGoogleCa().keybox({ provisioning: 'remote' }).serials

  beforeAll(async () => {
    mock = await createGoogleMock()
  })
  afterAll(() => mock.close())

  const fetched = async () => readStatusList(await (await fetch(mock.statusListUrl)).json())

  it('lists what it is told to', async () => {
    expect((await fetched()).has(serial)).toBe(false)
    mock.statusList.revoke(serial)
    expect((await fetched()).get(serial)).toBe('revoked')
    mock.statusList.suspend(serial)
    expect((await fetched()).get(serial)).toBe('suspended')
    mock.statusList.restore(serial)
    expect((await fetched()).has(serial)).toBe(false)
    expect((await fetched()).size).toBeGreaterThan(0)
  })

  it('says how long it may be kept, and does not send what is known', async () => {
    mock.statusList.maxAge = 60
    const first = await fetch(mock.statusListUrl)
    expect(first.headers.get('cache-control')).toBe('public, max-age=60')
    const etag = first.headers.get('etag') ?? ''
    const again = await fetch(mock.statusListUrl, { headers: { 'if-none-match': etag } })
    expect(again.status).toBe(304)
    mock.statusList.revoke(serial)
    expect((await fetch(mock.statusListUrl, { headers: { 'if-none-match': etag } })).status).toBe(200)
    mock.statusList.restore(serial)
  })

  it('is down, slow, broken or endless on demand', async () => {
    const read = (signal?: AbortSignal) => fetch(mock.statusListUrl, signal === undefined ? {} : { signal })
    mock.behave('statusList', 'down')
    await expect(read()).rejects.toThrow()
    mock.behave('statusList', 'server-error')
    expect((await read()).status).toBe(503)
    mock.behave('statusList', 'nonsense')
    await expect((await read()).json()).rejects.toThrow()
    mock.behave('statusList', 'other-shape')
    expect(await (await read()).json()).not.toHaveProperty('entries')
    mock.behave('statusList', 'silent')
    const abort = new AbortController()
    const waiting = read(abort.signal)
    abort.abort()
    await expect(waiting).rejects.toThrow()
    mock.behave('statusList', 'endless')
    const reader = (await read()).body?.getReader()
    let length = 0
    while (length < 1_000_000) length += (await reader?.read())?.value?.length ?? 0
    await reader?.cancel()
    mock.behave('statusList', 'sound')
    expect((await read()).status).toBe(200)
  })
})
