import { buildIdPattern, pageBuildFile } from '@assay/protocol'

/** Milliseconds: a reload that changes nothing must not become a loop. */
const shortestPause = 600_000
/** Milliseconds that a new service worker has to become active. */
const patience = 10_000

/**
 * The build that the site has now, by the file that the bundler wrote beside its pages. A query that no cache knows makes
 * service workers ask the server. Only the start of the answer is read, however long it is; one that names no build
 * names none.
 */
export async function readDeployedBuild(
  folder: string,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<string | undefined> {
  const query = crypto.getRandomValues(new Uint32Array(4)).join()
  const { body } = await fetch(`${folder}${pageBuildFile}?${query}`, { cache: 'no-store', signal })
  const reader = (body as ReadableStream<Uint8Array>).getReader()
  const { value } = await reader.read()
  void reader.cancel()
  const build = /^\s*\{\s*"build"\s*:\s*"(.*?)"/.exec(new TextDecoder().decode(value))?.[1]
  return build && buildIdPattern.test(build) ? build : undefined
}

/**
 * Has the newest service worker take over, and reloads the page: once per `change` from one build to another, and never
 * twice in ten minutes. Without a session storage, which remembers that, it does not.
 *
 * @param name of the client
 */
export async function reloadOnce(name: string, change: string): Promise<void> {
  const now = Number(new Date())
  const last = `${name}/reload`
  const known = `${last}/${change}`
  const { sessionStorage, navigator, location } = globalThis
  if (sessionStorage.getItem(known) || now - Number(sessionStorage.getItem(last)) < shortestPause) return
  sessionStorage.setItem(last, `${now}`)
  sessionStorage.setItem(known, '1')
  try {
    await Promise.race([
      updateWorker(navigator.serviceWorker as ServiceWorkerContainer | undefined),
      new Promise((resolve) => setTimeout(resolve, patience)),
    ])
  } finally {
    location.reload()
  }
}

async function updateWorker(workers: ServiceWorkerContainer | undefined): Promise<void> {
  const registration = await workers?.getRegistration()
  await registration?.update()
  const worker = registration?.installing ?? registration?.waiting
  if (worker)
    await new Promise<void>((resolve) => {
      const look = () => {
        // One that waits to be asked, as Workbox makes them.
        if (worker.state === 'installed') worker.postMessage({ type: 'SKIP_WAITING' })
        if (/^[ar]/.test(worker.state)) resolve()
      }
      worker.addEventListener('statechange', look)
      look()
    })
}
