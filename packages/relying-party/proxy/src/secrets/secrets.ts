import { ProxyConfigError } from '../faults/config-error.ts'

/** Where a secret comes from, and what precedes it where it is sent. */
export interface SecretSource {
  readonly file?: string | undefined
  readonly environment?: string | undefined
  /** Such as `Bearer `. It is no secret. */
  readonly prefix?: string | undefined
}

/** A file as it is now. `version` differs if it was changed or replaced. */
export interface SecretFiles {
  version(file: string): string
  read(file: string): string
}

export interface SecretEvent {
  readonly code: 'PROXY_SECRET_KEPT' | 'PROXY_SECRET_CHANGED'
  /** Path of the file. */
  readonly file: string
}

export interface SecretParts {
  readonly files: SecretFiles
  readonly env: Readonly<Record<string, string | undefined>>
  readonly onEvent: (event: SecretEvent) => void
}

/** A value to inject, with its prefix. It has one from the moment on at which it was made. */
export interface Secret {
  readonly value: string
  /** Without the prefix, in every spelling in which an answer may hold it; those of the value before it too. */
  readonly spellings: readonly string[]
}

/** Shorter ones stand in many texts that have nothing to do with them. */
const shortest = 8
const longest = 8192
const printable = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/

/** The secrets of a proxy. Each file is read when the proxy starts, and again after it has changed. */
export class Secrets {
  readonly #parts: SecretParts
  readonly #files = new Map<string, { version: string; isKept: boolean; held: HeldSecret }>()

  constructor(parts: SecretParts) {
    this.#parts = parts
  }

  /** @param place in the configuration, for the message @throws ProxyConfigError (`PROXY_CONFIG_SECRET`) */
  open({ file, environment, prefix = '' }: SecretSource, place: string): Secret {
    if (environment !== undefined) {
      const text = usable(this.#parts.env[environment])
      if (text === undefined) throw unusable(place, `the environment variable ${environment}`)
      return new HeldSecret(text).withPrefix(prefix)
    }
    return this.#openFile(file as string, place).withPrefix(prefix)
  }

  /** Reads the files that have changed. What cannot be used changes nothing. */
  refresh(): void {
    for (const [file, entry] of this.#files) {
      const now = this.#readIfChanged(file, entry.version)
      if (now === 'same') {
        entry.isKept = false
        continue
      }
      if (now === undefined) {
        if (!entry.isKept) this.#parts.onEvent({ code: 'PROXY_SECRET_KEPT', file })
        entry.isKept = true
        continue
      }
      entry.version = now.version
      entry.isKept = false
      if (now.text === entry.held.text) continue
      entry.held.replace(now.text)
      this.#parts.onEvent({ code: 'PROXY_SECRET_CHANGED', file })
    }
  }

  #openFile(file: string, place: string): HeldSecret {
    const known = this.#files.get(file)
    if (known !== undefined) return known.held
    const now = this.#readIfChanged(file, undefined)
    if (now === undefined || now === 'same') throw unusable(place, `the file ${file}`)
    const held = new HeldSecret(now.text)
    this.#files.set(file, { version: now.version, isKept: false, held })
    return held
  }

  #readIfChanged(
    file: string,
    known: string | undefined,
  ): { version: string; text: string } | 'same' | undefined {
    const { files } = this.#parts
    try {
      // Before the text: what is written in between is read next time.
      const version = files.version(file)
      if (version === known) return 'same'
      const text = usable(files.read(file))
      return text === undefined ? undefined : { version, text }
    } catch {
      return undefined
    }
  }
}

class HeldSecret {
  text: string
  spellings: readonly string[]

  constructor(text: string) {
    this.text = text
    this.spellings = spellingsOf(text)
  }

  /** The upstream may still answer requests that went with the old one. */
  replace(text: string): void {
    this.spellings = [...spellingsOf(text), ...spellingsOf(this.text)]
    this.text = text
  }

  withPrefix(prefix: string): Secret {
    const of = (): HeldSecret => this
    return {
      get value() {
        return prefix + of().text
      },
      get spellings() {
        return of().spellings
      },
    }
  }
}

function usable(text: string | undefined): string | undefined {
  const line = text?.replace(/\r?\n$/, '')
  if (line === undefined || line.length < shortest || line.length > longest) return undefined
  return printable.test(line) ? line : undefined
}

function spellingsOf(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1)
  return [
    ...new Set([
      text,
      encodeURIComponent(text),
      new URLSearchParams({ '': text }).toString().slice(1),
      json,
      // Many writers of JSON escape it.
      json.replaceAll('/', '\\/'),
    ]),
  ]
}

function unusable(place: string, what: string): ProxyConfigError {
  return new ProxyConfigError(
    'PROXY_CONFIG_SECRET',
    `${place}: ${what} is missing, or does not hold one line of 8 to 8,192 printable characters`,
  )
}
