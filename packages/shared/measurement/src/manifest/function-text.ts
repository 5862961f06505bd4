/** Maximum bytes of one function's text. */
const longestFunction = 65_536

const functionStart = /^(?:async\b\s*)?(?:function\b|\(|[A-Za-z_$][\w$]*\s*=>)/

/** Tokens after which `/` starts a regular expression rather than divides. */
const beforeRegex =
  /(?:^|[(,=:[!&|?{};+\-*%~^<>]|(?:^|[^\w$.])(?:return|typeof|case|in|of|delete|void|throw|new|else|do|instanceof|await|yield))$/

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '${': '}' }

/** What the text contains at a position; `end` is where that ends. */
type Token =
  | { kind: 'space' | 'literal' | 'character'; end: number }
  /** A piece of a template up to and including `${`. */
  | { kind: 'template'; end: number }

/**
 * The end of the function that begins at `start` of `text` and is the last argument of a call, or `undefined` if there
 * is none. The text is parsed just enough to distinguish brackets from those in literals and comments.
 */
export function endOfFunction(text: string, start: number): number | undefined {
  const source = text.slice(start, start + longestFunction)
  if (!functionStart.test(source)) return undefined
  const open: string[] = []
  let end = 0
  for (let at = 0; at < source.length;) {
    const character = source[at] as string
    if (open.length === 0 && (character === ')' || character === ',')) return start + end
    const resumes = character === '}' && open[open.length - 1] === '${'
    if (closers[character] !== undefined) open.push(character)
    else if (')]}'.includes(character) && closers[open.pop() ?? ''] !== character) return undefined
    const token = tokenAt(source, at, end, resumes)
    if (token === undefined) return undefined
    if (token.kind === 'template') open.push('${')
    if (token.kind !== 'space') end = token.end
    at = token.end
  }
  return undefined
}

/** `end` is where the previous token ended, ignoring white space and comments. */
function tokenAt(source: string, at: number, end: number, resumes: boolean): Token | undefined {
  const character = source[at] as string
  if (/\s/.test(character)) return { kind: 'space', end: at + 1 }
  if (source.startsWith('//', at)) return upTo('space', source, at + 2, /[\n\r]|$/g)
  if (source.startsWith('/*', at)) return upTo('space', source, at + 2, /\*\//g)
  if (character === '"') return upTo('literal', source, at + 1, /(?:[^"\\\n]|\\[^])*"/y)
  if (character === "'") return upTo('literal', source, at + 1, /(?:[^'\\\n]|\\[^])*'/y)
  if (character === '`' || resumes) return templatePiece(source, at + 1)
  if (character === '/' && beforeRegex.test(source.slice(Math.max(0, end - 16), end))) {
    return upTo('literal', source, at + 1, /(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y)
  }
  return { kind: 'character', end: at + 1 }
}

function templatePiece(source: string, at: number): Token | undefined {
  const piece = upTo('literal', source, at, /(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y)
  return piece !== undefined && source[piece.end - 1] === '{' ? { kind: 'template', end: piece.end } : piece
}

function upTo(kind: 'space' | 'literal', source: string, at: number, pattern: RegExp): Token | undefined {
  pattern.lastIndex = at
  return pattern.test(source) ? { kind, end: pattern.lastIndex } : undefined
}
