import { afterEach, describe, expect, it, vi } from 'vitest'
import type { WebClientOptions } from '../../src/web/client.ts'
import { nodeKeyStore } from '../../src/node/key-store.ts'
import { webSharedState } from '../../src/web/shared-state.ts'
import { clientInPage } from '../fake/client-in-page.ts'
import { fakeStore } from '../fake/fake-store.ts'
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

describe('a page that is still being received', () => {
  const block = { build: '1.0+1', files: ['index.b1.html'], root: '/app/' }

  /** Without a block until it is received. */
  function streamed(options: Partial<WebClientOptions> = {}) {
    let text: string | undefined
    const document = Object.assign(new EventTarget(), {
      baseURI: 'https://app.example/app/route',
      readyState: 'loading',
      getElementById: () => (text === undefined ? null : { textContent: text }),
      querySelectorAll: () => [],
    })
    const fetched: unknown[] = []
    const { client } = clientInPage(
      async (url) => (fetched.push(url), new Response('<html>')),
      options,
      undefined,
      { document },
    )
    return {
      client,
      fetched,
      write: (next: string) => void (text = next),
      end() {
        document.readyState = 'interactive'
        document.dispatchEvent(new Event('DOMContentLoaded'))
      },
    }
  }

  it('is measured by the block at its end, also after a part of it was there', async () => {
    const { client, fetched, write, end } = streamed()
    const token = client.getToken()
    write(JSON.stringify(block).slice(0, 20))
    await Promise.resolve()
    expect(fetched).toEqual([])
    write(JSON.stringify(block))
    end()
    expect((await token).token).toBe('token-1')
    expect(fetched).toEqual(['https://app.example/app/index.b1.html'])
    client.close()
  })

  it('takes the tokens that a page of the same build has obtained', async () => {
    const both = { keyStore: nodeKeyStore(), shared: webSharedState('test', fakeStore(), undefined) }
    const earlier = clientInPage(async () => new Response('<html>'), both, block)
    expect((await earlier.client.getToken()).token).toBe('token-1')
    earlier.client.close()
    const { client, fetched, write, end } = streamed(both)
    const token = client.getToken()
    write(JSON.stringify(block))
    end()
    expect((await token).token).toBe('token-1')
    expect(fetched).toEqual([])
    client.close()
  })

  it('rejects as misuse where it ends without a block', async () => {
    const { client, end } = streamed()
    const token = client.getToken()
    end()
    await expect(token).rejects.toMatchObject({ name: 'TypeError', message: 'build: missing or wrong' })
    client.close()
  })

  it('refuses a development secret where it ends with a block', async () => {
    const { client, write, end } = streamed({ developmentSecret: 'assaydev_x' })
    const token = client.getToken()
    write(JSON.stringify(block))
    end()
    await expect(token).rejects.toMatchObject({ name: 'TypeError' })
    client.close()
  })

  it('waits no longer than its client is open', async () => {
    const { client } = streamed()
    const token = codeOf(client.getToken())
    client.close()
    expect(await token).toBe('closed')
  })
})
