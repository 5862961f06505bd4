import axios, { AxiosError } from 'axios'
import { describe, expect, it } from 'vitest'
import { assayLink } from '../../src/apollo/index.ts'
import { assayAdapter } from '../../src/axios/index.ts'
import { api, refusalOf, setWorld } from '../fake/world.ts'

function setClient(value: object, config: object = {}) {
  const world = setWorld()
  world.answers.fetch = {
    value: { protected: true, headers: [['Content-Type', 'application/json']], ...value },
  }
  return {
    world,
    client: axios.create({ baseURL: api, adapter: assayAdapter(axios, world.assay) as never, ...config }),
  }
}

describe('the axios adapter', () => {
  it('sends by assay.fetch, and gives axios its answer', async () => {
    const { world, client } = setClient({ status: 200, text: '{"a":1}' })
    const answer = await client.post('/orders', { b: 2 }, { params: { c: 'd' } })
    expect(answer.data).toEqual({ a: 1 })
    expect(answer.headers['content-type']).toBe('application/json')
    const { url, method, body, headers } = world.calls.at(-1)?.request ?? {}
    expect({ url, method, body }).toEqual({
      url: `${api}/orders?c=d`,
      method: 'POST',
      body: { text: '{"b":2}' },
    })
    expect(headers).toContainEqual(['Content-Type', 'application/json'])
  })

  it('fails as axios does, and with our errors where attestation failed', async () => {
    const refused = setClient({ status: 403, text: '{}' })
    const error = (await refusalOf(refused.client.get('/a'))) as AxiosError
    expect(error).toBeInstanceOf(AxiosError)
    expect(error).toMatchObject({ code: 'ERR_BAD_REQUEST', response: { status: 403 } })
    const offline = setClient({ failed: 'no network' })
    expect(await refusalOf(offline.client.get('/a'))).toMatchObject({ code: 'ERR_NETWORK' })
    offline.world.answers.fetch = { error: { code: 'attestation_denied' } }
    expect(await refusalOf(offline.client.get('/a'))).toMatchObject({
      name: 'AssayError',
      code: 'attestation_denied',
    })
  })

  it('ends what takes too long, and what was aborted', async () => {
    const { world, client } = setClient({})
    world.answers.fetch = () => new Promise(() => undefined)
    expect(await refusalOf(client.get('/a', { timeout: 5 }))).toMatchObject({ code: 'ECONNABORTED' })
    const controller = new AbortController()
    const waiting = refusalOf(client.get('/a', { signal: controller.signal }))
    controller.abort()
    expect(await waiting).toMatchObject({ code: 'ERR_CANCELED' })
    expect(await refusalOf(client.get('/a', { signal: AbortSignal.abort() }))).toMatchObject({
      code: 'ERR_CANCELED',
    })
  })

  it('gives bytes', async () => {
    const { client } = setClient({ status: 200, base64: 'AQI=' }, { responseType: 'arraybuffer' })
    expect(new Uint8Array((await client.get('/a')).data as ArrayBuffer)).toEqual(new Uint8Array([1, 2]))
  })
})

it('the Apollo link is an HttpLink over assay.fetch', () => {
  const { assay } = setWorld()
  class HttpLink {
    readonly options: { uri: string; fetch?: typeof globalThis.fetch }
    constructor(options: HttpLink['options']) {
      this.options = options
    }
  }
  const link = assayLink(HttpLink, assay, { uri: `${api}/graphql` })
  expect(link.options).toEqual({ uri: `${api}/graphql`, fetch: assay.fetch })
})
