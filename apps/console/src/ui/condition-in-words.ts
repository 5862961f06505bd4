const units = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
] as const

/** Seconds by the largest unit that divides them: `30 days`, `90 minutes`. */
export function durationInWords(seconds: number): string {
  const [size, unit] = units.find(([size]) => seconds >= size && seconds % size === 0) ?? [1, 'second']
  const count = seconds / size
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** Texts, names with their members, numbers, and operators, as far as conditions have them. */
const tokens = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[A-Za-z_][\w.]*|\d+(?:\.\d+)?|&&|\|\||[=!<>]=|\s+|[^]/g

const operators: Readonly<Record<string, string>> = {
  '&&': 'and',
  '||': 'or',
  '==': 'is',
  '!=': 'is not',
  '<=': 'is at most',
  '>=': 'is at least',
  '<': 'is below',
  '>': 'is above',
  in: 'is one of',
  '!': 'not ',
}

/** Names whose values are seconds. */
const isAge = (name: string): boolean => /^ages\.|seconds$/i.test(name)

/**
 * A condition in CEL with its operators in words, and ages in days, hours or minutes instead of seconds. It is for reading:
 * the document has the condition itself.
 */
export function conditionInWords(condition: string): string {
  let last = ''
  const words = (condition.match(tokens) ?? []).map((token) => {
    if (/^\s+$/.test(token)) return ' '
    if (/^[A-Za-z_]/.test(token) && token !== 'in') last = token
    // A comparison ends there, and its name is not that of the next number.
    if (token === '&&' || token === '||') last = ''
    if (/^\d+$/.test(token) && isAge(last)) return durationInWords(Number(token))
    const word = operators[token]
    return word === undefined ? token : word
  })
  return words
    .join('')
    .replaceAll(/\bnot (?:has\(([\w.]+)\)|\(has\(([\w.]+)\)\))/g, (_, bare?: string, within?: string) => {
      return `${bare ?? within} is not there`
    })
    .replaceAll(/\(?\bhas\(([\w.]+)\)\)?/g, (all, name: string) => balanced(all, `${name} is there`))
    .replaceAll(/ +/g, ' ')
    .trim()
}

/** Leaves out parentheses around a single presence, and keeps one that belongs to others. */
function balanced(all: string, words: string): string {
  const opens = all.startsWith('(')
  const closes = all.endsWith('))')
  if (opens === closes) return words
  return opens ? `(${words}` : `${words})`
}
