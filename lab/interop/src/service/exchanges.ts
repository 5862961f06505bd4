import { memoryImage } from '@assay/client'
import { mediaTypes, paths } from '@assay/protocol'
import { createDevice, writeZip } from '@assay/testkit'
import { startGuardedApi } from '@assay/testkit/victims'
import type { CaseResult } from '../subject/subject.ts'
import type { Ask } from './ask.ts'
import type { Nodes } from './stores.ts'

const app = 'com.example.interop'
const devices = 12

/**
 * Devices attest over all nodes in turns and call an API behind the guard: served with a token, also after a refresh; an
 * answer that is sent again, and a request without a token, are refused.
 */
export async function checkExchanges(ask: Ask, { urls, adminKey }: Nodes): Promise<CaseResult[]> {
  const results: CaseResult[] = []
  const check = (name: string, found: unknown, expected: unknown) => {
    const fault = found === expected ? undefined : `${String(found)} in place of ${String(expected)}`
    results.push({ name, fault })
  }
  const issuer = urls[0] as string
  const api = await startGuardedApi({ issuer, apps: [app], tiers: ['warning'] })
  try {
    const image = await register(ask, adminKey, api.url, check)
    const orders = new URL('/v1/orders', api.url).href
    check('without a token', (await fetch(orders)).status, 401)
    for (let number = 0; number < devices; number += 1) {
      const endpoint = urls[number % urls.length] as string
      const audiences = { [api.url]: api.url }
      const device = await createDevice({ endpoint, app, build: '1', audiences, apk: image })
      const of = `device ${number}: `
      try {
        check(`${of}is served`, (await device.client.fetch(orders)).status, 200)
        const sent = device.exchanges.find(({ path }) => path === paths.attestations)
        const again = { body: JSON.stringify({ ...(sent?.request as object), evidence: [{}] }) }
        check(`${of}altered answer`, (await ask('POST', paths.attestations, again)).status >= 400, true)
        const { token } = await device.client.getToken(api.url)
        const fresh = await device.client.getToken(api.url, { forceRefresh: true })
        check(`${of}refresh gives another token`, fresh.token === token, false)
        check(`${of}is served after it`, (await device.client.fetch(orders)).status, 200)
      } finally {
        device.close()
      }
    }
    return results
  } finally {
    await api.close()
  }
}

async function register(
  ask: Ask,
  key: string,
  audience: string,
  check: (name: string, found: unknown, expected: unknown) => void,
) {
  const scripts = ['app.js', 'lib.js'].map((name) => ({
    name,
    bytes: Buffer.from(`export const file = ${JSON.stringify(name.repeat(600))}\n`),
  }))
  const zip = await writeZip(scripts.map(({ name, bytes }) => ({ name, content: bytes, stored: false })))
  const post = async (path: string, body: object) =>
    (await ask('POST', path, { key, body: JSON.stringify(body) })).status
  check('an app is registered', await post('/v1/apps', { id: app, platform: 'web' }), 201)
  check('an API is registered', await post('/v1/apis', { audience, apps: [app], tiers: ['warning'] }), 201)
  const upload = { key, type: mediaTypes.zip, body: new Uint8Array(zip) }
  check('a build is registered', (await ask('POST', `/v1/apps/${app}/builds?id=1`, upload)).status, 201)
  return memoryImage(scripts.map((each) => ({ ...each, kind: 'script' as const })))
}
