import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/** Where Chromium is, or `undefined`. */
export function findChromium(): string | undefined {
  return [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
    (file) => file !== undefined && existsSync(file),
  )
}

/** The script of the test page with the SDK in it, as a production build makes it. */
export async function bundlePage(): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(new URL('./page.ts', import.meta.url)),
    platform: 'browser',
    resolve: { conditionNames: ['@assay/source', 'import', 'default'] },
  })
  const { output } = await bundle.generate({ format: 'esm', minify: true })
  return output[0].code
}

export type Handler = (
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
) => void | Promise<void>

/** A server on a port of its own. */
export async function serve(handler: Handler): Promise<{ origin: string; close(): void }> {
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      await handler(request, Buffer.concat(parts).toString(), response)
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () => void server.close().closeAllConnections(),
  }
}

/** Shows `url` in a Chromium of its own, without window and with an empty profile, until `done` settles. */
export async function show<T>(chromium: string, url: string, done: Promise<T>): Promise<T> {
  const profile = await mkdtemp(path.join(tmpdir(), 'client-browser-'))
  const switches = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
  ]
  const child = spawn(chromium, [...switches, `--user-data-dir=${profile}`, url], {
    detached: true,
    stdio: 'ignore',
  })
  try {
    const exited = new Promise<never>((_, reject) => {
      child.on('error', reject)
      child.on('exit', () => reject(new Error('Chromium ended early')))
    })
    return await Promise.race([done, exited])
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    if (child.pid !== undefined && child.exitCode === null) {
      process.kill(-child.pid, 'SIGKILL')
      await ended
    }
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}
