import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { asOneOldScript, writeModules } from './plain-modules.ts'
import type { Outcome, Task } from './program.ts'

const program = './measurement/test/engines/program.js'

/** An engine that may be on this machine. */
export interface Engine {
  name: string
  /** Where it belongs to the machines on which every test must run. */
  required: boolean
  /** Whether it shows the source of functions. */
  showsSource: boolean
  find(): string | undefined
  run(executable: string, folder: string): Promise<Outcome>
}

export const engines: readonly Engine[] = [
  {
    name: 'Node',
    required: true,
    showsSource: true,
    find: () => process.execPath,
    run: (node, folder) => shell(node, ['main.mjs'], folder),
  },
  {
    name: 'QuickJS',
    required: true,
    showsSource: true,
    find: () => onPath('qjs'),
    run: (qjs, folder) => shell(qjs, ['-m', 'main.mjs'], folder),
  },
  {
    name: 'Chromium',
    required: true,
    showsSource: true,
    find: () => onPath('chromium') ?? onPath('chromium-browser'),
    run: browse,
  },
  {
    name: 'JavaScriptCore',
    required: false,
    showsSource: true,
    find: () => onPath('jsc'),
    run: (jsc, folder) => shell(jsc, ['-m', 'main.mjs'], folder),
  },
  {
    name: 'Hermes',
    required: false,
    showsSource: false,
    find: () => process.env.ASSAY_HERMES ?? onPath('hermes'),
    run(hermes, folder) {
      writeFileSync(join(folder, 'main.js'), asOneOldScript(folder, 'main.mjs'))
      return shell(hermes, ['main.js'], folder)
    },
  },
]

/** Carries out a task on an engine that loads `modules`. */
export async function runOn(
  engine: Engine,
  executable: string,
  modules: ReadonlyMap<string, string>,
  task: Task,
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-engine-'))
  try {
    writeModules(folder, modules)
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    writeFileSync(join(folder, 'task.mjs'), `export const task = ${JSON.stringify(task)}`)
    writeFileSync(
      join(folder, 'main.mjs'),
      `import { carryOutTask } from '${program}'
import { task } from './task.mjs'
const say = globalThis.report ?? globalThis.print ?? console.log
carryOutTask(task).then((outcome) => say(JSON.stringify(outcome)), (error) => say(JSON.stringify({ error: String(error) })))
`,
    )
    return await engine.run(executable, folder)
  } finally {
    await remove(folder)
  }
}

/** Processes of a browser that has been killed may go on writing for a moment. */
async function remove(folder: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      rmSync(folder, { recursive: true, force: true })
      return
    } catch (error) {
      if (attempt === 50) throw error
      await setTimeout(100)
    }
  }
}

function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

async function shell(executable: string, options: string[], folder: string): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(executable, options, { cwd: folder, timeout: 20_000 })
  return JSON.parse(stdout) as Outcome
}

/** Opens a page that posts its outcome back. */
async function browse(executable: string, folder: string): Promise<Outcome> {
  let resolved: (outcome: Outcome) => void
  const outcome = new Promise<Outcome>((resolve) => (resolved = resolve))
  const page = `<!doctype html><script>globalThis.report = (text) => fetch('/outcome', { method: 'POST', body: text })</script>
<script type="module" src="/main.mjs"></script>`
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/outcome') {
      void bodyOf(request).then((text) => resolved(JSON.parse(text) as Outcome))
      response.end()
      return
    }
    const path = join(folder, pathname)
    response.setHeader('content-type', pathname === '/' ? 'text/html' : 'text/javascript')
    response.end(pathname === '/' ? page : existsSync(path) ? readFileSync(path) : '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const options = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    `--user-data-dir=${join(folder, 'profile')}`,
    url,
  ]
  // A group of its own, so that what it has started ends with it.
  const browser = spawn(executable, options, { stdio: 'ignore', detached: true })
  const ended = new Promise<never>((_, reject) =>
    browser.once('exit', () => reject(new Error('the browser ended'))),
  )
  try {
    return await Promise.race([outcome, ended])
  } finally {
    if (browser.pid !== undefined && browser.exitCode === null && browser.signalCode === null)
      process.kill(-browser.pid, 'SIGKILL')
    await ended.catch(() => {})
    server.closeAllConnections()
    server.close()
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  return Buffer.concat(chunks).toString()
}
