import { createHash } from 'node:crypto'
import { withBuildFiles, type BuildFile } from '@assay/app-image'
import { segmentKindByName } from '@assay/protocol'
import { PrintableStrings } from './printable-strings.ts'
import { matchRules } from './secret-rules.ts'

/** A credential in the build, which everyone who has the build therefore has. */
export interface EmbeddedSecret {
  /** Name of the rule that recognises its shape, such as `github`, `sendgrid` or `privatekey`. */
  rule: string
  /** The file inside the build. */
  segment: string
  /** Its first four characters and its length; never the whole. */
  masked: string
}

export interface FindSecretsOptions {
  /** Bytes of content to search, files in name order. Default 1 GiB. */
  maxBytes?: number
  /** Embedded secrets after which the search ends. Default 100. */
  maxSecrets?: number
  /** Called once if one of the two limits ended the search early. */
  onLimit?: () => void
}

/** The rules get text in portions of about this many characters. */
const portionLength = 256 * 1024
/** Compressed media and fonts hold no text. */
const media =
  /\.(?:png|webp|jpe?g|gif|avif|heic|ico|bmp|mp[34]|m4a|aac|ogg|opus|wav|flac|webm|mov|ttf|otf|ttc|woff2?|zip|gz|br|xz)$/i

/**
 * Looks for embedded credentials in the strings of an APK, a ZIP, or a folder: code, libraries, assets and resources.
 * The shapes are those of secretlint's recommended rules.
 *
 * @throws AppImageError `ZIP_…` if the file is not a readable archive. Errors of the file system pass through.
 */
export async function findSecrets(
  location: string,
  options: FindSecretsOptions = {},
): Promise<EmbeddedSecret[]> {
  const search = new SecretSearch(options)
  await withBuildFiles(location, (files) => search.run(files))
  return search.found
}

/** Formats whose strings are single-byte, so that the search for others can be skipped. */
function onlySingleBytes(name: string): boolean {
  return name.endsWith('.dex') || segmentKindByName('web', name) !== undefined
}

class SecretSearch {
  readonly found: EmbeddedSecret[] = []
  readonly #seen = new Set<string>()
  readonly #most: number
  readonly #onLimit: (() => void) | undefined
  #bytesLeft: number
  #portion = new Portion()

  constructor({ maxBytes = 1024 ** 3, maxSecrets = 100, onLimit }: FindSecretsOptions) {
    this.#bytesLeft = maxBytes
    this.#most = maxSecrets
    this.#onLimit = onLimit
  }

  async run(files: readonly BuildFile[]): Promise<void> {
    const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1))
    for (const file of sorted.filter(({ name }) => !media.test(name))) {
      this.#bytesLeft -= file.length
      if (this.#bytesLeft < 0 || this.found.length >= this.#most) {
        this.#onLimit?.()
        break
      }
      const strings = new PrintableStrings(
        (text) => this.#portion.add(file.name, text),
        !onlySingleBytes(file.name),
      )
      await file.stream((chunk) => strings.add(chunk))
      strings.end()
      if (this.#portion.length > portionLength) await this.#flush()
    }
    await this.#flush()
  }

  async #flush(): Promise<void> {
    const portion = this.#portion
    this.#portion = new Portion()
    for (const { segment, text } of portion.cut(portionLength)) {
      for (const { rule, start, end } of await matchRules(text)) {
        this.#report(rule, segment(start), text.slice(start, end))
      }
    }
  }

  #report(rule: string, segment: string, secret: string): void {
    const key = createHash('sha256').update(`${rule}\n${segment}\n${secret}`).digest('hex')
    if (this.#seen.has(key) || this.found.length >= this.#most) return
    this.#seen.add(key)
    this.found.push({ rule, segment, masked: `${secret.slice(0, 4)}… (${secret.length} characters)` })
  }
}

/** Joins strings of several files into one text, so that small files do not cost one run of the rules each. */
class Portion {
  #strings: { segment: string; text: string }[] = []
  length = 0

  add(segment: string, text: string): void {
    this.#strings.push({ segment, text })
    this.length += text.length + 1
  }

  *cut(size: number): Generator<{ text: string; segment: (at: number) => string }> {
    for (let from = 0; from < this.#strings.length;) {
      const starts: { start: number; segment: string }[] = []
      let text = ''
      while (from < this.#strings.length && text.length < size) {
        const next = this.#strings[from++] as { segment: string; text: string }
        starts.push({ start: text.length, segment: next.segment })
        text += `${next.text}\n`
      }
      yield { text, segment: (at) => starts.findLast(({ start }) => start <= at)?.segment ?? '' }
    }
  }
}
