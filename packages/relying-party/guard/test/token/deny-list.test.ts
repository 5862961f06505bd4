import { expect, test } from 'vitest'
import { createDenyList, type DenyEntry } from '@assay/guard'
import { createNodeCrypto } from '@assay/guard/node'
import { thumbprintInput } from '@assay/protocol'
import {
  app,
  installation,
  judged,
  mintToken,
  newGuard,
  newRequest,
  otherInstallation,
  publicJwkOf,
  type SigningKey,
} from '../minting.ts'

const jktOf = (key: SigningKey) => createNodeCrypto().sha256(thumbprintInput(publicJwkOf(key)))
const [jkt, otherJkt] = [await jktOf(installation), await jktOf(otherInstallation)]

test.each<[DenyEntry, DenyEntry]>([
  [
    { kind: 'jti', value: 'token-0001' },
    { kind: 'jti', value: 'token-0002' },
  ],
  [
    { kind: 'jkt', value: jkt },
    { kind: 'jkt', value: otherJkt },
  ],
  [
    { kind: 'installation', value: 'pseudonym-1' },
    { kind: 'installation', value: 'pseudonym-2' },
  ],
  [
    { kind: 'app', value: app },
    { kind: 'app', value: 'com.example' },
  ],
  [
    { kind: 'build', app, value: '1.4.2+142' },
    { kind: 'build', app: 'com.example.other', value: '1.4.2+142' },
  ],
])('%j denies the token, its neighbour does not', async (hit, miss) => {
  expect(await judged(newGuard({ denyList: createDenyList([hit]) }))).toBe('TOKEN_DENIED')
  expect(await judged(newGuard({ denyList: createDenyList([miss]) }))).toBe('ok')
})

test('takes effect at once, on tokens in the cache too, and can be taken back', async () => {
  const denyList = createDenyList()
  const guard = newGuard({ denyList })
  const token = mintToken()
  expect(await judged(guard, { token })).toBe('ok')
  denyList.add({ kind: 'jti', value: 'token-0001' })
  expect(await judged(guard, { token })).toBe('TOKEN_DENIED')
  denyList.remove({ kind: 'jti', value: 'token-0001' })
  expect(await judged(guard, { token })).toBe('ok')
})

test('stops bearer tokens as well', async () => {
  const denyList = createDenyList([{ kind: 'app', value: app }])
  const token = mintToken({ claims: { mode: 'bearer' } })
  expect(await judged(newGuard({ mode: 'bearer', denyList }), { token, proof: undefined })).toBe(
    'TOKEN_DENIED',
  )
})

test('is asked with what the token says, and may answer later', async () => {
  let seen: unknown
  const guard = newGuard({ denyList: { denies: async (attested) => ((seen = attested), false) } })
  const decision = await guard.verify(newRequest())
  expect(decision.ok).toBe(true)
  expect(seen).toMatchObject({ app, jkt, jti: 'token-0001', installation: 'pseudonym-1', build: '1.4.2+142' })
})

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'kind'],
  ['text', 'token-0001', 'kind'],
  ['an unknown kind', { kind: 'apps', value: app }, 'kind'],
  ['no value', { kind: 'app' }, 'value'],
  ['an empty value', { kind: 'app', value: '' }, 'value'],
  ['a build of no app', { kind: 'build', value: '1.4.2+142' }, 'app'],
  ['an app beside another kind', { kind: 'jti', app, value: 'token-0001' }, 'an entry'],
])('%s is no entry: it would deny nothing', (_, entry, option) => {
  const denyList = createDenyList()
  const misuse = expect.objectContaining({
    name: 'TypeError',
    code: 'ERR_INVALID_ARG_VALUE',
    message: expect.stringMatching(new RegExp(`^${option} (must be|takes no) `)),
  })
  expect(() => createDenyList([entry as DenyEntry])).toThrow(misuse)
  expect(() => denyList.add(entry as DenyEntry)).toThrow(misuse)
  expect(() => denyList.remove(entry as DenyEntry)).toThrow(misuse)
})

test('one entry is no list of entries', () => {
  expect(() => createDenyList({ kind: 'app', value: app } as never)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE', message: 'entries must be an array' }),
  )
})
