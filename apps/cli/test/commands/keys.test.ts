import { afterEach, expect, test } from 'vitest'
import { cli, fakeService } from '../fake-service.ts'

let close: (() => Promise<unknown>) | undefined
afterEach(() => close?.())

const day = 86_400_000

/** The end, in days from now, of a key that is made with these options; undefined: it has none. */
async function endWith(...options: string[]): Promise<number | undefined> {
  const fake = await fakeService(() => ({ status: 201, body: { id: 'k', secret: 'assay_x' } }))
  close = fake.close
  const before = Date.now()
  const made = await cli(['key', 'add', '--name', 'a', '--scope', 'read', '--server', fake.url, ...options], {
    ASSAY_API_KEY: 'a-key',
  })
  expect(made.stderr).not.toContain('error')
  const { expires_at: end } = JSON.parse(fake.seen[0]?.body.toString() ?? '') as { expires_at?: string }
  return end === undefined ? undefined : Math.round((Date.parse(end) - before) / day)
}

test('a key ends in a year, or when it is set to', async () => {
  expect(await endWith()).toBe(365)
  expect(await endWith('--expires-in', '90d')).toBe(90)
})

test('a key without an end must be asked for', async () => {
  expect(await endWith('--expires-in', 'never')).toBeUndefined()
})

test('another word for its end is refused', async () => {
  const refused = await cli(['key', 'add', '--name', 'a', '--scope', 'read', '--expires-in', 'ever'])
  expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('[CLI_USAGE]') })
})

const entry = {
  ...{ id: 'e', app: 'com.example.app', audience: 'https://api.example.com', installation: 'name-of-one' },
  ...{ note: 'lost phone', author: 'k', created_at: '2026-12-03T00:00:00Z', tier: 'warning' },
  expires_at: '2026-12-04T00:00:00Z',
}

async function removeWith(body: object | undefined, ...options: string[]) {
  const fake = await fakeService(() => ({ status: body === undefined ? 204 : 200, body }))
  close = fake.close
  const done = await cli(['key', 'remove', 'k', '--yes', '--server', fake.url, ...options], {
    ASSAY_API_KEY: 'a-key',
  })
  return { ...done, removed: fake.seen.map(({ url }) => url) }
}

test('key remove lists what the key has let through, which goes on', async () => {
  const done = await removeWith({ let_through: [entry], ended: false })
  expect(done).toMatchObject({ status: 0, removed: ['/v1/keys/k'] })
  expect(done.stdout).toContain('It has let these through, which goes on:')
  expect(done.stdout).toContain('name-of-one')
  expect(done.stderr).toContain('key remove k --with-what-it-let-through')
})

test('key remove --with-what-it-let-through ends it', async () => {
  const done = await removeWith({ let_through: [entry], ended: true }, '--with-what-it-let-through')
  expect(done).toMatchObject({ status: 0, removed: ['/v1/keys/k?with_what_it_let_through=true'] })
  expect(done.stdout).toContain('Ended with it:')
  expect(done.stderr).toBe('')
})

test('key remove says nothing of devices where there are none', async () => {
  const done = await removeWith(undefined)
  expect(done.stdout).toBe('Removed k: the key no longer works.\n')
  expect(done.stderr).toBe('')
})
