import type { AssayClient } from '../../../src/client/client.ts'
import { createWebClient, type WebClientOptions } from '../../../src/web/client.ts'
import { indexedDbStore } from '../../../src/web/indexed-db-store.ts'

/** Where service and API are, as the test says in the page's URL. */
const far = new URLSearchParams(location.search).get('far') as string
const audience = 'https://api.example'

function client(app: string, more: Partial<WebClientOptions> = {}): AssayClient {
  return createWebClient({
    endpoints: [far],
    app,
    build: '1.0',
    audiences: { [`${far}/api`]: audience },
    files: ['index.html', 'assets/worker.js'],
    // As left out: as a limit it would end every request at once.
    ...({ requestTimeout: undefined } as object),
    ...more,
  })
}

async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'none',
    (error: unknown) => (error as { code?: unknown }).code ?? String(error),
  )
}

/** What happens in the first life of the page. */
async function first(): Promise<Record<string, unknown>> {
  const sdk = client('com.example.first')
  const { token } = await sdk.getToken()
  const answer = await sdk.fetch(`${far}/api/orders?page=1`, { headers: { Authorization: 'Bearer user' } })
  const redirected = await codeOf(sdk.fetch(`${far}/api/moved`))
  sdk.close()
  return { token, status: answer.status, redirected, exported: await exportKey('assay/com.example.first') }
}

/** What happens after a reload. */
async function second(): Promise<Record<string, unknown>> {
  const sdk = client('com.example.first')
  const sources: string[] = []
  sdk.on('token', ({ source }) => sources.push(source))
  const { token } = await sdk.getToken()
  const answer = await sdk.fetch(`${far}/api/orders`)
  const frames = await Promise.all([frame(), frame()])
  const day = 86_400_000
  const clock = { monotonic: () => performance.now(), wall: () => new Date().getTime() - day }
  const late = client('com.example.late', { clock })
  const { DPoP = '' } = await late.proof({ method: 'GET', url: `${far}/api/` })
  const { iat } = JSON.parse(atob(DPoP.split('.')[1] as string)) as { iat: number }
  const offline = client('com.example.offline', { endpoints: ['http://localhost:9'] })
  return {
    token,
    status: answer.status,
    sources,
    frames,
    wrongBy: Math.round(Math.abs(iat - new Date().getTime() / 1000)),
    offline: await codeOf(offline.getToken()),
    sent: await sendWithout(),
    patched: await patched(),
  }
}

/** A page in a page is another tab, as far as storage and locks go. */
function frame(): Promise<unknown> {
  const element = document.createElement('iframe')
  element.src = `/index.html?frame&far=${encodeURIComponent(far)}`
  document.body.append(element)
  return new Promise((resolve) =>
    addEventListener('message', ({ source, data }) => {
      if (source === element.contentWindow) resolve(data)
    }),
  )
}

/** An exchange while a function that guards something shows another source than the registered one. */
async function patched(): Promise<unknown> {
  const { toString } = Function.prototype
  // What an attacker would do to a function in memory is done to what shows it, which to the service is the same.
  Function.prototype.toString = function (this: () => unknown) {
    const source = toString.call(this)
    return this.name === 'parse-plan' ? `${source} ` : source
  }
  try {
    return await codeOf(client('com.example.patched').getToken())
  } finally {
    Function.prototype.toString = toString
  }
}

/** A request that goes without a token, because the service is down. */
async function sendWithout(): Promise<unknown> {
  const sdk = client('com.example.sent', { endpoints: ['http://localhost:9'], withoutToken: 'send' })
  const sent = sdk.fetch(`${far}/api/orders`, { headers: { Authorization: 'Bearer user' } })
  return sent.then((answer) => answer.text(), String)
}

async function exportKey(name: string): Promise<unknown> {
  const stored = (await indexedDbStore(name, indexedDB).get('key')) as { privateKey: CryptoKey }
  return crypto.subtle.exportKey('pkcs8', stored.privateKey).then(
    () => 'exported',
    (error: unknown) => (error as DOMException).name,
  )
}

async function run(): Promise<void> {
  if (new URLSearchParams(location.search).has('frame')) {
    parent.postMessage((await client('com.example.frames').getToken()).token, '*')
    return
  }
  const reloaded = sessionStorage.getItem('first')
  if (reloaded === null) {
    sessionStorage.setItem('first', JSON.stringify(await first()))
    location.reload()
    return
  }
  await report({ first: JSON.parse(reloaded) as unknown, second: await second() })
}

async function report(result: unknown): Promise<void> {
  await fetch('/result', { method: 'POST', body: JSON.stringify(result) })
}

run().catch((error: unknown) => report({ error: String(error), stack: (error as Error).stack }))
