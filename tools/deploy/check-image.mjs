import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { nodeProgram } from '../other-node.mjs'
import { installImage } from './install-image.mjs'

/** Milliseconds that the service may take to start, and to end. */
const patience = 60_000

/**
 * Installs what the container image holds, makes a data folder, serves, asks, and ends the service, as a container would: on
 * the Node of the image, since it brings no driver of SQLite for Node 20.
 *
 * @param {string} tarballs folder with those of `npm run pack`
 * @returns {Promise<string[]>} what is wrong
 */
export async function checkImage(tarballs) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-image-'))
  try {
    const { status, output } = installImage(tarballs, path.join(folder, 'image'))
    if (status !== 0) return [`image: npm ci: ${output}`]
    return await checkService(path.join(folder, 'image/node_modules/.bin/assay'), folder, {
      node: await nodeProgram('24'),
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} assay the CLI
 * @param {string} folder for data and key
 * @param {{ node?: string, wait?: number }} [options] the Node that runs it, by default this one; milliseconds
 * @returns {Promise<string[]>} what is wrong with `assay init`, `assay serve`, an answer, and the end by SIGTERM
 */
export async function checkService(assay, folder, { node = process.execPath, wait = patience } = {}) {
  const port = await freePort()
  const env = {
    PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}`,
    NODE_ENV: 'production',
    NODE_OPTIONS: '--enable-source-maps',
    ASSAY_PORT: String(port),
    ASSAY_DATA: path.join(folder, 'data'),
    ASSAY_SEALING_KEY_FILE: path.join(folder, 'sealing.key'),
    // Spans need packages that the service does not bring. Nothing receives them here.
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
  }
  const made = spawnSync(assay, ['init'], { cwd: folder, env, encoding: 'utf8' })
  if (made.status !== 0) return [`image: assay init: ${made.error ?? made.stderr}`]
  const service = spawn(assay, ['serve'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [service.stdout, service.stderr]) stream.on('data', (text) => (output += text))
  const ended = once(service, 'close')
  const until = AbortSignal.timeout(wait)
  while (!output.includes('Attestation service at') && service.exitCode === null && !until.aborted)
    await new Promise((resolve) => setTimeout(resolve, 50))
  const problems = service.exitCode === null ? await answersOf(`http://127.0.0.1:${port}`) : []
  const isStopped = service.exitCode === null && service.kill('SIGTERM')
  const late = setTimeout(() => service.kill('SIGKILL'), wait)
  const [code, signal] = await ended
  clearTimeout(late)
  if (!isStopped) return [`image: assay serve ended with ${code}: ${output}`]
  if (code !== 0) problems.push(`image: SIGTERM ended it with ${signal ?? code}: ${output}`)
  return problems
}

async function answersOf(url) {
  const problems = []
  for (const place of ['/readyz', '/.well-known/jwks.json']) {
    const status = await fetch(url + place).then(
      (response) => response.status,
      ({ cause }) => cause?.code ?? 'no answer',
    )
    if (status !== 200) problems.push(`image: ${place}: ${status}`)
  }
  return problems
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}
