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
