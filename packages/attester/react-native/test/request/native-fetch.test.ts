import { describe, expect, it } from 'vitest'
import { WhatwgRequest } from '../fake/whatwg-request.ts'
import { api, refusalOf, setWorld, type World } from '../fake/world.ts'

function serving(
  value: object = { protected: true, status: 200, headers: [['X-A', 'b']], text: 'good' },
): World {
  const world = setWorld()
  world.answers.fetch = { value }
  return world
}

const requestOf = ({ calls }: World) => calls.at(-1)?.request

describe('assay.fetch by the native part', () => {
  it('crosses the bridge once for a request', async () => {
    const world = serving()
    await world.assay.fetch(`${api}/a`)
    const response = await world.assay.fetch(`${api}/a`, { method: 'post', body: 'x', headers: { A: 'b' } })
    expect(await response.text()).toBe('good')
    expect(response.headers.get('x-a')).toBe('b')
    expect(response.url).toBe(`${api}/a`)
    expect(world.calls.map(({ method }) => method)).toEqual(['create', 'fetch', 'fetch'])
    expect(requestOf(world)).toEqual({
      handle: 'h1',
      url: `${api}/a`,
      method: 'POST',
      headers: [
        ['A', 'b'],
        ['Content-Type', 'text/plain;charset=UTF-8'],
      ],
      redirect: 'follow',
      body: { text: 'x' },
    })
  })

  it.each([`${api}/a/../b?c#d`, 'HTTPS://API.example:443/%7Ea', `${api}/ä`])(
    'writes no URL anew: %s',
    async (url) => {
      const world = serving()
      await world.assay.fetch(url)
      expect(requestOf(world)).toMatchObject({ url })
    },
  )

  it('leaves other requests to the platform, untouched', async () => {
    const world = serving({ protected: false })
    const init = { method: 'PUT', body: 'x' }
    expect(await (await world.assay.fetch('https://other.example/', init)).text()).toBe('other')
    expect(world.sent).toEqual([{ input: 'https://other.example/', init }])
    await world.assay.fetch('/relative')
    expect(world.sent[1]?.input).toBe('/relative')
  })

  it('takes a Request, and leaves it readable for the platform', async () => {
    const world = serving({ protected: false })
    const request = new Request('https://other.example/a', { method: 'POST', body: 'text' })
    await world.assay.fetch(request)
    expect(requestOf(world)).toMatchObject({
      url: 'https://other.example/a',
      method: 'POST',
      body: { base64: 'dGV4dA==' },
    })
    expect(await request.text()).toBe('text')
  })

  const whatwg = (...given: ConstructorParameters<typeof WhatwgRequest>) =>
    new WhatwgRequest(...given) as unknown as Request
  const photo = new Uint8Array([0xff, 0xd8, 0x80])

  it.each<[string, Request, object | undefined]>([
    ['bytes', whatwg(api, photo), { base64: '/9iA' }],
    ['a blob', whatwg(api, new Blob([photo])), { base64: '/9iA' }],
    ['a text', whatwg(api, 'ä'), { base64: 'w6Q=' }],
    ['no body', whatwg(api, ''), undefined],
    ['a text without readAsArrayBuffer', whatwg(api, 'ä', false), { text: 'ä' }],
    ['no body without readAsArrayBuffer', whatwg(api, '', false), undefined],
  ])('sends from a Request of React Native: %s', async (_, request, body) => {
    const world = serving()
    await world.assay.fetch(request)
    expect(requestOf(world)?.['body']).toEqual(body)
  })

  it.each<[string, BodyInit]>([
    ['a form', new FormData()],
    ['a blob that is no text', new Blob([photo])],
  ])('refuses a Request of React Native with %s for a protected API only', async (_, body) => {
    const world = serving()
    const refusal = await refusalOf(world.assay.fetch(whatwg(api, body as Blob, false)))
    expect(refusal).toBeInstanceOf(TypeError)
    expect(refusal.message).toContain('transport')
    expect(world.calls.map(({ request }) => request['method'])).not.toContain('POST')
    world.answers.fetch = { value: { protected: false } }
    const other = whatwg('https://other.example/', body as Blob, false)
    await world.assay.fetch(other)
    expect(world.sent).toEqual([{ input: other, init: {} }])
  })

  it('does not blame the body of a Request that was read before', async () => {
    const request = new Request(api, { method: 'POST', body: 'text' })
    await request.text()
    const refusal = await refusalOf(serving().assay.fetch(request))
    expect(refusal).toBeInstanceOf(TypeError)
    expect(refusal.message).not.toContain('transport')
  })

  it.each<[string, BodyInit, object]>([
    ['bytes', new Uint8Array([0, 1, 2, 255]).subarray(1), { base64: 'AQL/' }],
    ['a buffer', new Uint8Array([250]).buffer, { base64: '+g==' }],
    ['two bytes', new Uint8Array([250, 251]), { base64: '+vs=' }],
    ['search parameters', new URLSearchParams({ a: 'b c' }), { text: 'a=b+c' }],
    ['no body', '', { text: '' }],
  ])('sends %s', async (_, body, wanted) => {
    const world = serving()
    await world.assay.fetch(`${api}/a`, { method: 'POST', body })
    expect(requestOf(world)).toMatchObject({ body: wanted })
  })

  it('gives bytes back that are no text', async () => {
    const world = serving({ protected: true, status: 200, base64: 'AQL/' })
    const response = await world.assay.fetch(`${api}/a`)
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([1, 2, 255])
  })

  it('gives every byte back, and nothing for what is no base64', async () => {
    const bytes = Array.from({ length: 256 }, (_, each) => each)
    const world = serving({ protected: true, status: 200, base64: Buffer.from(bytes).toString('base64') })
    const response = await world.assay.fetch(`${api}/a`)
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual(bytes)
    for (const base64 of ['AQ-/', 'AQä/', 'AQ😀/']) {
      world.answers.fetch = { value: { protected: true, status: 200, base64 } }
      expect((await (await world.assay.fetch(`${api}/a`)).arrayBuffer()).byteLength).toBe(0)
    }
  })

  it('gives an answer without a body', async () => {
    const world = serving({ protected: true, status: 204 })
    expect((await world.assay.fetch(`${api}/a`)).status).toBe(204)
  })

  it('refuses a body that cannot cross to a protected API, and no other', async () => {
    const body = new FormData()
    const world = serving()
    const error = await refusalOf(world.assay.fetch(`${api}/a`, { method: 'POST', body }))
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toContain('expo/fetch')
    world.answers.fetch = { value: { protected: false } }
    await world.assay.fetch('https://other.example/', { method: 'POST', body })
    expect(world.sent).toHaveLength(1)
  })

  it('fails as fetch does without network, and with a code where attestation failed', async () => {
    const world = serving({ protected: true, failed: 'java.net.ConnectException' })
    expect(await refusalOf(world.assay.fetch(`${api}/a`))).toBeInstanceOf(TypeError)
    world.answers.fetch = { error: { code: 'redirect_refused' } }
    expect(await refusalOf(world.assay.fetch(`${api}/a`))).toMatchObject({ code: 'redirect_refused' })
  })

  it('is aborted', async () => {
    const world = serving()
    expect(await refusalOf(world.assay.fetch(api, { signal: AbortSignal.abort() }))).toMatchObject({
      name: 'AbortError',
    })
    expect(world.calls).toEqual([])
    const controller = new AbortController()
    world.answers.fetch = () => new Promise(() => undefined)
    const waiting = refusalOf(world.assay.fetch(api, { signal: controller.signal }))
    controller.abort()
    expect(await waiting).toMatchObject({ name: 'AbortError' })
  })
})
