import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Coverage } from '@assay/protocol'
import { pageImage, type PageImageOptions } from '../../src/web/page-image.ts'

/** A page that shows the given scripts and module preloads, and the server behind it. */
function page(
  shown: { src?: string; href?: string }[],
  served: Record<string, string>,
  baseURI = 'https://app.example/',
  importMap?: string,
) {
  const requests: { url: string; init: RequestInit | undefined }[] = []
  const events = new EventTarget()
  const document = {
    baseURI,
    querySelectorAll: () => shown,
    querySelector: () => (importMap === undefined ? null : { textContent: importMap }),
    addEventListener: events.addEventListener.bind(events),
    removeEventListener: events.removeEventListener.bind(events),
  } as unknown as Document
  return {
    document,
    events,
    requests,
    open: (options: PageImageOptions = {}, coverage?: Coverage) =>
      pageImage(
        options,
        {
          document,
          fetch: (input, init) => {
            const url = input as string
            requests.push({ url, init })
            const body = served[url]
            return Promise.resolve(
              new Response(body ?? 'not found', { status: body === undefined ? 404 : 200 }),
            )
          },
        },
        coverage,
      ),
  }
}

const served = {
  'https://app.example/index.html': '<html>',
  'https://app.example/assets/a.js': 'aa',
  'https://app.example/assets/b.js': 'bbb',
  'https://app.example/worker.js': 'w',
  'https://app.example/sub/index.html': '<sub>',
  'https://app.example/sub/c%20d.js': 'c',
}

afterEach(() => void vi.useRealTimers())

describe('pageImage', () => {
  it('holds the page, its scripts and modules, and the files named, by their paths', async () => {
    const { open } = page(
      [
        { src: 'https://app.example/assets/a.js?v=1' },
        { href: 'https://app.example/assets/b.js' },
        { src: 'https://cdn.example/x.js' },
        { src: 'https://app.example/assets/a.js' },
      ],
      served,
    )
    const image = await open({ files: ['index.html', 'worker.js', '/assets/b.js'] })
    expect([...image.segments].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'assets/a.js', kind: 'script', length: 2 },
      { name: 'assets/b.js', kind: 'script', length: 3 },
      { name: 'index.html', kind: 'script', length: 6 },
      { name: 'worker.js', kind: 'script', length: 1 },
    ])
    expect(new TextDecoder().decode(await image.read('assets/b.js', 1, 2))).toBe('bb')
  })

  it('takes what the page was loaded with, and what no reload renews as the server has it now', async () => {
    const { open, requests } = page([{ src: 'https://app.example/assets/a.js' }], served)
    await open({ files: ['index.html', 'worker.js', 'assets/a.js'] })
    const asked = requests.map(({ url, init }) => [new URL(url).pathname, init?.cache])
    expect(asked).toHaveLength(3)
    expect(Object.fromEntries(asked)).toEqual({
      '/assets/a.js': 'force-cache',
      '/index.html': 'no-cache',
      '/worker.js': 'no-cache',
    })
  })

  it('leaves out what the import map pins, for the coverage `entry` alone', async () => {
    const shown = [{ src: 'https://app.example/assets/a.js' }, { href: 'https://app.example/assets/b.js' }]
    const map = JSON.stringify({ integrity: { './assets/b.js': 'sha384-x', '/worker.js': 'sha384-y' } })
    const namesOf = async (importMap: string | undefined, coverage: Coverage) => {
      const { open } = page(shown, served, 'https://app.example/', importMap)
      const { segments } = await open({ files: ['index.html', 'worker.js'] }, coverage)
      return segments.map(({ name }) => name).sort()
    }
    const all = ['assets/a.js', 'assets/b.js', 'index.html', 'worker.js']
    expect(await namesOf(map, 'entry')).toEqual(['assets/a.js', 'index.html'])
    expect(await namesOf(map, 'image')).toEqual(all)
    expect(await namesOf(undefined, 'entry')).toEqual(all)
    expect(await namesOf('{"imports":{}}', 'entry')).toEqual(all)
  })

  it('has one segment of a file, however its URL is written', async () => {
    const url = 'https://app.example/assets/@mui-1.js'
    const shown = [{ href: url }, { src: 'https://app.example/assets/%5Bid%5D.js' }]
    const odd = { ...served, [url]: 'm', 'https://app.example/assets/%5Bid%5D.js': 'i' }
    const files = ['index.html', 'assets/%40mui-1.js', 'assets/[id].js', 'assets/%61.js']
    const { open, requests } = page(shown, { ...odd, 'https://app.example/assets/%61.js': 'aa' })
    const { segments } = await open({ files })
    const names = ['assets/@mui-1.js', 'assets/[id].js', 'assets/a.js', 'index.html']
    expect(segments.map(({ name }) => name).sort()).toEqual(names)
    // As the document has it: the browser's cache goes by the URL.
    expect(requests.find((request) => request.url === url)?.init?.cache).toBe('force-cache')
  })

  it('leaves out what the import map pins, however its URL is written', async () => {
    const map = JSON.stringify({
      integrity: { '/assets/@a.js': 'sha384-x', './assets/b.js?v=1': 'sha384-y' },
    })
    const { open } = page([], served, 'https://app.example/', map)
    const { segments } = await open({ files: ['index.html', 'assets/%40a.js', 'assets/b.js'] }, 'entry')
    expect(segments.map(({ name }) => name)).toEqual(['index.html'])
  })

  it('takes what lies under its root only', async () => {
    const shown = [{ src: 'https://app.example/sub/c%20d.js' }, { src: 'https://app.example/assets/a.js' }]
    const image = await page(shown, served, 'https://app.example/sub/route/1').open({ root: '/sub/' })
    expect(image.segments.map(({ name }) => name).sort()).toEqual(['c d.js', 'index.html'])
  })

  it('fails when a file cannot be fetched', async () => {
    vi.useFakeTimers()
    const failed = expect(page([], served).open({ files: ['missing.js'] })).rejects.toThrow(
      'missing or wrong',
    )
    await vi.runAllTimersAsync()
    await failed
  })

  const refused = { code: 'page_refused', retryable: false }
  const asItWas = { name: 'TypeError' }
  it.each([
    ['connect-src', {}, refused],
    ['img-src', { effectiveDirective: 'img-src' }, asItWas],
    ['a policy that only reports', { disposition: 'report' }, asItWas],
    ['a file of others', { blockedURI: 'https://tracker.example/collect' }, asItWas],
  ])(
    'fails for good where the policy of the page keeps it from its own scripts, and only there (%s)',
    async (_what, more, failure) => {
      const { document, events } = page([], served)
      const violation = {
        effectiveDirective: 'connect-src',
        disposition: 'enforce',
        blockedURI: 'https://app.example/index.html',
        ...more,
      }
      const fetch = () => {
        const event = Object.assign(new Event('securitypolicyviolation'), violation)
        // A busy browser sends it well after the failure.
        setTimeout(() => events.dispatchEvent(event), 900)
        return Promise.reject(new TypeError('Failed to fetch'))
      }
      vi.useFakeTimers()
      const failed = expect(pageImage({}, { document, fetch })).rejects.toMatchObject(failure)
      await vi.runAllTimersAsync()
      await failed
    },
  )
})
