import {
  buildIdPattern,
  isReference,
  longestTraceText,
  readTraceId,
  thumbprintPattern,
} from '@assay/protocol'

/** Of each kind, that one text can name: a search is not a way to go through the users of an app. */
const most = { traces: 4, thumbprints: 4, builds: 8, references: 4 }
/** Words that are looked at. */
const mostWords = 200
const charactersOfTrace = 17

export interface Candidates {
  traces: string[]
  /** Keys of installations, or the names that tokens have for them. */
  thumbprints: string[]
  builds: string[]
  /** Texts that an app may have set as its user's reference. */
  references: string[]
}

/** Finds everything that a text may name, with any words around it. */
export function candidatesIn(text: string): Candidates {
  const words = text
    .split(/\s+/)
    .slice(0, mostWords)
    .map(withoutPunctuation)
    .filter((word) => word !== '')
  const tokens = text.match(/[A-Za-z0-9_-]+/g)?.slice(0, mostWords) ?? []
  return {
    traces: distinct(tracesIn(tokens), most.traces),
    thumbprints: distinct(
      tokens.filter((token) => thumbprintPattern.test(token)),
      most.thumbprints,
    ),
    builds: distinct(
      words.filter((word) => /\d/.test(word) && buildIdPattern.test(word)),
      most.builds,
    ),
    references: distinct(referencesIn(text.trim(), words), most.references),
  }
}

/** One token, or several in a row that are one trace: read out, it was written down in groups. */
function tracesIn(tokens: readonly string[]): string[] {
  return tokens.flatMap((_, first) => {
    let joined = ''
    for (const token of tokens.slice(first)) {
      joined += (joined === '' ? '' : ' ') + token
      if (joined.length > longestTraceText) return []
      const trace = readTraceId(joined)
      if (trace !== undefined) return [trace]
      if (joined.replace(/[ -]/g, '').length > charactersOfTrace) return []
    }
    return []
  })
}

/** The whole text, what stands in quotes, and words that no sentence has: with a digit, or an @. */
function referencesIn(text: string, words: readonly string[]): string[] {
  const quoted = [...text.matchAll(/["'“‘`]([^"'“”‘’`]+)["'”’`]/g)].map(([, inside = '']) => inside)
  return [text, ...quoted, ...words.filter((word) => /[\d@]/.test(word))].filter(isReference)
}

const withoutPunctuation = (word: string): string => word.replace(/^[("'“‘`<[]+|[)"'”’`>\],;:.!?]+$/g, '')

const distinct = (values: readonly string[], atMost: number): string[] =>
  [...new Set(values)].slice(0, atMost)
