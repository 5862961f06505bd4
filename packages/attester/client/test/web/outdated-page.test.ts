import { afterEach, describe, expect, it, vi } from 'vitest'
import { clientInPage } from '../fake/client-in-page.ts'
import { problem } from '../fake/fake-service.ts'
import { codeOf } from '../fake/fake-world.ts'

afterEach(() => void vi.unstubAllGlobals())

const denied = problem(403, 'attestation_denied', { trace: 'trace-1' })

/** A session storage, as far as it is needed. */
function memoryStorage() {
  const values = new Map<string, string>()
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
  }
}

interface Setting {
  /** What the site answers for `assay-build.json`. */
  deployed: () => Response | Promise<Response>
  reload?: boolean
  build?: string
  written?: object
  workers?: object
  sessionStorage?: object
}

/** A page of build 1.0+1 whose service denies it. */
function deniedPage({ deployed, reload = false, build, written, workers, sessionStorage }: Setting) {
  const asked: { url: string; init: RequestInit | undefined }[] = []
  const reloads = vi.fn()
  const fetch: typeof globalThis.fetch = async (given, init) => {
    const url = given as string
    if (!url.includes('assay-build.json')) return new Response('<html>')
    asked.push({ url, init })
    return deployed()
  }
  const { client, service, time } = clientInPage(
    fetch,
    { ...(reload && { onOutdatedPage: 'reload' as const }), ...(build && { build }) },
    written,
    {
      location: { reload: reloads },
      sessionStorage: sessionStorage ?? memoryStorage(),
      ...(workers && { navigator: { serviceWorker: workers } }),
    },
  )
  const events: unknown[] = []
  for (const name of ['denied', 'page-outdated'] as const)
    client.on(name, ({ trace, error }) => events.push([name, trace, error.code]))
  service.mishaps['/v1/attestations'].push(denied)
  return { client, service, time, asked, reloads, events }
}

const answer = (body: unknown) => () =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    headers: { 'Content-Type': 'application/json' },
  })

describe('a page whose listed file is gone', () => {
  const idle = (deployed: () => Response) => {
    const fetch: typeof globalThis.fetch = async (url) =>
      (url as string).includes('assay-build.json') ? deployed() : new Response('', { status: 404 })
    const { client } = clientInPage(fetch)
    const events: string[] = []
    client.on('page-outdated', ({ error }) => events.push(error.code))
    return { client, events }
  }

  it('is outdated where the site has another build by now', async () => {
    const { client, events } = idle(answer({ build: '2.0+1' }))
    await expect(client.getToken()).rejects.toMatchObject({
      code: 'page_outdated',
      retryable: false,
      cause: { code: 'measurement_failed' },
    })
    expect(events).toEqual(['page_outdated'])
    client.close()
  })

  it('could not be read where the site still has its build', async () => {
    const { client, events } = idle(answer({ build: '1.0+1' }))
    expect(await codeOf(client.getToken())).toBe('measurement_failed')
    expect(events).toEqual([])
    client.close()
  })
})

describe('a denied page', () => {
  it('is outdated where the site has another build by now, and says so in an event', async () => {
    const page = deniedPage({ deployed: answer({ build: '2.0+1', files: [] }) })
    const error: unknown = await page.client.getToken().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'page_outdated',
      retryable: false,
      trace: 'trace-1',
      problem: 'attestation_denied',
      cause: { code: 'attestation_denied' },
    })
    expect(page.events).toEqual([['page-outdated', 'trace-1', 'page_outdated']])
    expect(page.reloads).not.toHaveBeenCalled()
  })

  it('reads the list under a URL that no cache knows, and only after a denial', async () => {
    const page = deniedPage({ deployed: answer({ build: '1.0+1' }) })
    expect(await codeOf(page.client.getToken())).toBe('attestation_denied')
    page.service.mishaps['/v1/attestations'].push(denied)
    await page.time.advance(60_000)
    expect(await codeOf(page.client.getToken())).toBe('attestation_denied')
    await page.time.advance(60_000)
    await page.client.getToken()
    const urls = page.asked.map(({ url }) => url)
    expect(new Set(urls).size).toBe(2)
    for (const { url, init } of page.asked) {
      expect(url).toMatch(/^https:\/\/app\.example\/app\/assay-build\.json\?[\d,]{7,43}$/)
      expect(init?.cache).toBe('no-store')
    }
    expect(page.events).toEqual(Array.from({ length: 2 }, () => ['denied', 'trace-1', 'attestation_denied']))
  })

  const endless = () =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new TextEncoder().encode('"a.js",'.repeat(1000))),
      }),
    )

  it.each<[string, () => Response | Promise<Response>]>([
    ['is missing', () => new Response('not found', { status: 404 })],
    ['is a page', () => new Response('<script id="assay-build">{"build":"2.0+1","files":[]}</script>')],
    ['has no body', () => new Response(null)],
    ['names no build', answer({ files: ['index.html'] })],
    ['names what is no build', answer({ build: 'two words' })],
    ['is endless', endless],
    ['cannot be fetched', () => Promise.reject(new TypeError('failed to fetch'))],
  ])('stays denied where the list %s', async (_, deployed) => {
    const page = deniedPage({ deployed, reload: true })
    expect(await codeOf(page.client.getToken())).toBe('attestation_denied')
    expect(page.asked).toHaveLength(1)
    expect(page.reloads).not.toHaveBeenCalled()
  })

  it('reads the start of a list of 10 MB and no more', async () => {
    let sent = 0
    const page = deniedPage({
      deployed: () =>
        new Response(
          new ReadableStream(
            {
              pull(controller) {
                const text = sent++ === 0 ? '{"build":"2.0+1","files":[' : '"a.js",'.repeat(10_000)
                if (sent > 150) controller.close()
                else controller.enqueue(new TextEncoder().encode(text))
              },
            },
            { highWaterMark: 0 },
          ),
        ),
    })
    expect(await codeOf(page.client.getToken())).toBe('page_outdated')
    expect(sent).toBe(1)
  })

  it('stays denied where the list never arrives', async () => {
    const page = deniedPage({ deployed: () => new Promise(() => undefined) })
    expect(await codeOf(page.time.settle(page.client.getToken()))).toBe('attestation_denied')
    expect(page.asked[0]?.init?.signal?.aborted).toBe(true)
  })

  it('asks nothing where no bundler wrote a build into the page', async () => {
    const page = deniedPage({
      deployed: answer({ build: '2.0+1' }),
      written: { files: ['index.b1.html'], root: '/app/' },
      build: '1.0+1',
    })
    expect(await codeOf(page.client.getToken())).toBe('attestation_denied')
    expect(page.asked).toEqual([])
  })
})

/** A service worker that is being installed, as its page sees it. */
function newWorker(state: string) {
  const messages: unknown[] = []
  const worker = Object.assign(new EventTarget(), {
    state,
    postMessage: (message: unknown) => messages.push(message),
  })
  const become = (next: string) => {
    worker.state = next
    worker.dispatchEvent(new Event('statechange'))
  }
  return { worker, messages, become }
}

const workersOf = (registration: object | undefined) => ({ getRegistration: async () => registration })
const settled = () => new Promise((resolve) => setTimeout(resolve))
const next = () => answer({ build: '2.0+1' })

describe("onOutdatedPage: 'reload'", () => {
  it('reloads a page without a service worker at once', async () => {
    const page = deniedPage({ deployed: next(), reload: true })
    expect(await codeOf(page.client.getToken())).toBe('page_outdated')
    await settled()
    expect(page.reloads).toHaveBeenCalledTimes(1)
  })

  it('asks a worker that waits to skip that, and reloads when it is active', async () => {
    const update = vi.fn()
    const { worker, messages, become } = newWorker('installing')
    const workers = workersOf({ update, installing: worker })
    const page = deniedPage({ deployed: next(), reload: true, workers })
    expect(await codeOf(page.client.getToken())).toBe('page_outdated')
    await settled()
    expect(update).toHaveBeenCalledTimes(1)
    expect(messages).toEqual([])
    become('installed')
    expect(messages).toEqual([{ type: 'SKIP_WAITING' }])
    await settled()
    expect(page.reloads).not.toHaveBeenCalled()
    become('activating')
    await settled()
    expect(page.reloads).toHaveBeenCalledTimes(1)
  })

  it.each<[string, object | undefined]>([
    ['none is registered', undefined],
    ['there is no new one', { update: async () => undefined, installing: null, waiting: null }],
    ['its script cannot be fetched', { update: () => Promise.reject(new TypeError('404')) }],
    ['it is discarded', { update: async () => undefined, waiting: newWorker('redundant').worker }],
  ])('reloads where of service workers %s', async (_, registration) => {
    const page = deniedPage({ deployed: next(), reload: true, workers: workersOf(registration) })
    expect(await codeOf(page.client.getToken())).toBe('page_outdated')
    await settled()
    expect(page.reloads).toHaveBeenCalledTimes(1)
  })

  it('waits ten seconds for a worker that never becomes active, and no longer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'Date'] })
    try {
      const { worker } = newWorker('installed')
      const workers = workersOf({ update: async () => undefined, waiting: worker })
      const page = deniedPage({ deployed: next(), reload: true, workers })
      expect(await codeOf(page.client.getToken())).toBe('page_outdated')
      await vi.advanceTimersByTimeAsync(9_999)
      expect(page.reloads).not.toHaveBeenCalled()
      await vi.advanceTimersByTimeAsync(1)
      expect(page.reloads).toHaveBeenCalledTimes(1)
    } finally {
      vi.useRealTimers()
    }
  })

  /** The page after each of its reloads, or without one, at a time; whether it reloads. */
  async function reloadsAt(sessionStorage: object, milliseconds: number, deployed: string): Promise<boolean> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'Date'], now: 1_790_000_000_000 + milliseconds })
    try {
      const page = deniedPage({ deployed: answer({ build: deployed }), reload: true, sessionStorage })
      expect(await codeOf(page.client.getToken())).toBe('page_outdated')
      await vi.advanceTimersByTimeAsync(0)
      return page.reloads.mock.calls.length > 0
    } finally {
      vi.useRealTimers()
      vi.unstubAllGlobals()
    }
  }

  it('reloads once for each pair of builds, and never twice in ten minutes', async () => {
    const tab = memoryStorage()
    expect(await reloadsAt(tab, 0, '2.0+1')).toBe(true)
    // A list that lies does not make a loop of it.
    expect(await reloadsAt(tab, 1_000, '2.0+1')).toBe(false)
    expect(await reloadsAt(tab, 599_999, '3.0+1')).toBe(false)
    expect(await reloadsAt(tab, 600_000, '3.0+1')).toBe(true)
    expect(await reloadsAt(tab, 9_000_000, '2.0+1')).toBe(false)
    expect(await reloadsAt(memoryStorage(), 9_000_000, '2.0+1')).toBe(true)
  })

  it('does not reload where nothing can be remembered', async () => {
    const blocked = {
      getItem() {
        throw new Error('blocked')
      },
    }
    expect(await reloadsAt(blocked, 0, '2.0+1')).toBe(false)
  })
})
