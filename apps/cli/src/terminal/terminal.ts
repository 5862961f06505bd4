import pc from 'picocolors'

export type Environment = Readonly<Record<string, string | undefined>>

/** Where a command reads and writes. */
export interface Streams {
  out: NodeJS.WritableStream & { isTTY?: boolean }
  err: NodeJS.WritableStream & { isTTY?: boolean }
  /** Standard input, which a command reads only on request. */
  in?: NodeJS.ReadableStream & { isTTY?: boolean }
}

export type Colours = ReturnType<typeof pc.createColors>

/** Colours on a terminal only, and never with `NO_COLOR` (https://no-color.org), `TERM=dumb` or `--json`. */
export function coloursFor(stream: { isTTY?: boolean }, env: Environment, json: boolean): Colours {
  const isWanted = stream.isTTY === true && !json && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb'
  return pc.createColors(isWanted)
}

/** Control characters, line separators, and characters that change the direction of writing. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu

/** `text` without anything that a terminal would obey: names and claims may come from an attacker. */
export function printable(text: string): string {
  return text.replace(
    unprintable,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}
