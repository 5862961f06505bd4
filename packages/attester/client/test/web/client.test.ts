import { afterEach, expect, it, vi } from 'vitest'
import { clientInPage } from '../fake/client-in-page.ts'
import { codeOf } from '../fake/fake-world.ts'

afterEach(() => void vi.unstubAllGlobals())

it('takes an option that is undefined as one that is left out: what the bundler wrote holds', async () => {
  const fetched: unknown[] = []
  const { client } = clientInPage(async (url) => (fetched.push(url), new Response('<html>')))
  expect((await client.getToken()).token).toBe('token-1')
  expect(fetched).toEqual(['https://app.example/app/index.b1.html'])
  client.close()
})

it('gives up a file that never arrives after two minutes, and fetches it again at the next exchange', async () => {
  const signals: AbortSignal[] = []
  const { client, time } = clientInPage(async (_url, init) => {
    if (signals.push(init?.signal as AbortSignal) === 1) await new Promise(() => undefined)
    return new Response('<html>')
  })
  expect(await codeOf(time.settle(client.getToken()))).toBe('measurement_failed')
  expect(signals[0]?.aborted).toBe(true)
  await time.advance(1000)
  expect((await client.getToken()).token).toBe('token-1')
  client.close()
})

it('refuses a development secret in a page that names its build, and in no other', () => {
  const secret = { developmentSecret: 'assaydev_x', build: 'dev' }
  expect(() => clientInPage(fetch, secret)).toThrow(
    expect.objectContaining({
      code: 'ERR_INVALID_ARG_VALUE',
      message: 'developmentSecret (not in a page with a build): missing or wrong',
    }),
  )
  clientInPage(fetch, secret, {}).client.close()
})

it('calls the build `dev` where a development secret is given, and without one needs its name', () => {
  const unnamed = { build: undefined as unknown as string }
  clientInPage(fetch, { ...unnamed, developmentSecret: 'assaydev_x' }, {}).client.close()
  expect(() => clientInPage(fetch, unnamed, {})).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE', message: 'build: missing or wrong' }),
  )
})
