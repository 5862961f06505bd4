import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Step, TerminalName } from './parse-guide.ts'
import { missingLine } from './shown-text.ts'
import { openTerminal, type Terminal } from './terminal.ts'
import { withReadersValues, type ReadersValues } from './values.ts'

export interface ReaderOptions {
  /** The clone that the first terminal is open in. */
  clone: string
  home: string
  scratch: string
  values: ReadersValues
  /** Text of the page at `url`, once `isShown` says so of it or time is up; `undefined` where there is no browser. */
  browse(url: string, isShown: (text: string) => boolean): Promise<string | undefined>
}

/** The result of a step: `not run` if this machine lacks a requirement. */
export type Outcome = { ok: true } | { ok: false; reason: string } | { ok: 'not run'; reason: string }

/** A reader who follows guides and keeps home, terminals and browser from one guide to the next. */
export interface Reader {
  follow(step: Step): Promise<Outcome>
  /** Puts `folder` before all others in the `PATH` of the first terminal, and of those that are opened from now on. */
  prefer(folder: string): Promise<void>
  leave(): Promise<void>
}

const patience = 600_000

export function createReader(options: ReaderOptions): Reader {
  const { clone, home, scratch, values } = options
  const environment = environmentOf(home)
  const terminals = new Map<TerminalName, Terminal>()
  let shownSoFar = ''
  const own = (text: string) => withReadersValues(text, values, shownSoFar)
  const open = (folder: string) => openTerminal({ folder, environment, scratch, patience })

  async function type({ terminal: name, text, shows }: Step & { kind: 'shell' }): Promise<string> {
    if (name !== 'first') {
      await terminals.get(name)?.close()
      const terminal = open(home)
      terminals.set(name, terminal)
      return terminal.start(own(text), (output) => missingLine(output, shows) === undefined)
    }
    const terminal = terminals.get('first') ?? open(clone)
    terminals.set('first', terminal)
    const output = await terminal.run(own(text))
    shownSoFar += output
    return output
  }

  async function save({ name, text }: Step & { kind: 'file' }): Promise<string> {
    const where = (await terminals.get('first')?.run('pwd'))?.trim().split('\n').at(-1) ?? clone
    const file = path.join(where, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, own(text))
    return ''
  }

  async function stop({ terminal: name }: Step & { kind: 'stop' }): Promise<string> {
    const terminal = terminals.get(name)
    if (terminal === undefined) throw new Error(`nothing runs in the ${name} terminal`)
    await terminal.close()
    terminals.delete(name)
    return ''
  }

  async function perform(step: Step): Promise<string | undefined> {
    switch (step.kind) {
      case 'shell':
        return type(step)
      case 'file':
        return save(step)
      case 'stop':
        return stop(step)
      case 'open':
        return options.browse(step.url, (text) => missingLine(text, step.shows) === undefined)
    }
  }

  return {
    async follow(step) {
      try {
        const output = await perform(step)
        if (output === undefined) return { ok: 'not run', reason: 'there is no Chromium here' }
        const missing = 'shows' in step ? missingLine(output, step.shows.map(own)) : undefined
        if (missing === undefined) return { ok: true }
        return { ok: false, reason: `it does not show "${missing.trim()}":\n${output}` }
      } catch (error) {
        return { ok: false, reason: error instanceof Error ? error.message : String(error) }
      }
    },
    async prefer(folder) {
      environment['PATH'] = `${folder}:${environment['PATH']}`
      await terminals.get('first')?.run(`PATH='${folder}':"$PATH"\n`)
    },
    async leave() {
      await Promise.all([...terminals.values()].map((terminal) => terminal.close()))
    },
  }
}

/** The environment of a new account on this machine, with only the network settings of this process. */
function environmentOf(home: string): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  const kept = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy']
  const certificates = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE']
  const environment: Record<string, string> = {
    HOME: home,
    LANG: 'C.UTF-8',
    PATH: PATH.split(':')
      .filter((folder) => !folder.includes('node_modules'))
      .join(':'),
    npm_config_cache: process.env.npm_config_cache ?? path.join(HOME, '.npm'),
    npm_config_userconfig: path.join(HOME, '.npmrc'),
  }
  for (const name of [...kept, ...certificates]) {
    const value = process.env[name]
    if (value !== undefined) environment[name] = value
  }
  return environment
}
