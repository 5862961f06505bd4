import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'

/** A static server on a port, and so at an origin, of its own. */
export interface SiteServer {
  origin: string
  /** From now on serves a file (path from the folder) with this at its end. */
  append(file: string, text: string): void
  /** From now on sends these header fields too. */
  send(fields: Readonly<Record<string, string>>): void
  /** From now on answers `/` with this page, as a server that renders it. */
  render(page: string): void
  /** From now on serves all files as they are. */
  restore(): void
  close(): Promise<void>
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}

/** Serves `folder`, which may still be empty. Browsers keep files, and ask each time whether they are still valid. */
export async function serveFolder(folder: string): Promise<SiteServer> {
  const appended = new Map<string, string>()
  let more: Readonly<Record<string, string>> = {}
  let rendered: string | undefined
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site.example')
    const file = pathname === '/' ? 'index.html' : decodeURIComponent(pathname.slice(1))
    const rest = Buffer.from(appended.get(file) ?? '')
    for (const [name, value] of Object.entries(more)) response.setHeader(name, value)
    const isRendered = pathname === '/' && rendered !== undefined
    const read = isRendered ? Promise.resolve(Buffer.from(rendered ?? '')) : readInside(folder, file)
    read.then(
      (bytes) => send(response, file, Buffer.concat([bytes, rest]), request.headers['if-none-match']),
      () => response.writeHead(404).end(),
    )
  })
  server.listen(0, '127.0.0.1')
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    append: (file, text) => void appended.set(file, text),
    send: (fields) => (more = fields),
    render: (page) => (rendered = page),
    restore() {
      appended.clear()
      more = {}
      rendered = undefined
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections()
        server.close((error) => (error === undefined ? resolve() : reject(error)))
      }),
  }
}

async function readInside(folder: string, file: string): Promise<Buffer> {
  const location = path.resolve(folder, file)
  if (!location.startsWith(path.resolve(folder) + path.sep)) throw new Error('outside the folder')
  return readFile(location)
}

function send(response: ServerResponse, file: string, bytes: Buffer, known: string | undefined): void {
  const tag = `"${createHash('sha256').update(bytes).digest('base64url')}"`
  const fields = { ETag: tag, 'Cache-Control': 'no-cache' }
  if (known === tag) return void response.writeHead(304, fields).end()
  const type = types[path.extname(file)] ?? 'application/octet-stream'
  response.writeHead(200, { ...fields, 'Content-Type': type }).end(bytes)
}
