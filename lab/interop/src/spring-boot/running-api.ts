import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from '@assay/testkit'

/** One node of the API of the guide. */
export interface RunningApi {
  readonly url: string
  stop(): Promise<void>
}

export interface ApiSettings {
  readonly issuer: string
  readonly app: string
  /** Default: the address of this node. */
  readonly audience?: string
  readonly mode: 'bound' | 'bearer'
}

// In a short-lived program the second compiler and a second collector thread cost more than they save.
const shortLived = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx256m']

/** Starts the program and waits until it answers. @throws Error if it ends before */
export async function startApi(
  jar: string,
  { issuer, app, audience, mode }: ApiSettings,
): Promise<RunningApi> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const main = mode === 'bound' ? 'com.example.orders.Orders' : 'com.example.bearer.Orders'
  const launcher = [
    '-cp',
    jar,
    `-Dloader.main=${main}`,
    'org.springframework.boot.loader.launch.PropertiesLauncher',
  ]
  const settings = {
    'server.address': '127.0.0.1',
    'server.port': String(port),
    'assay.issuer': issuer,
    'assay.audience': audience ?? url,
    'assay.app': app,
  }
  const args = Object.entries(settings).map(([name, value]) => `--${name}=${value}`)
  const child = spawn('java', [...shortLived, ...launcher, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const ended = once(child, 'close')
  await new Promise<void>((resolve, reject) => {
    const take = (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-8000)
      if (/Started Orders in/.test(said)) resolve()
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.once('error', reject)
    void ended.then(() => reject(new Error(`Spring Boot does not start: ${said.slice(-1500)}`)))
  })
  return {
    url,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
