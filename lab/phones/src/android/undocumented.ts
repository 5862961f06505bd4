/** The start of a public declaration in Kotlin; in explicit API mode, the compiler requires the word. */
const declaration =
  /^\s*(?:@\w+(?:\(.*?\))?\s+)*public (?!companion\b)(?:[a-z]+ )*(?:val|var|fun|class|interface|object|constructor)\b(?:\s*<[^>]*>)?\s*(?:\w+[.?]*\.)*(\w*)/

/**
 * Public declarations of a Kotlin source without KDoc of their own and without `@property` in that of their class.
 * Overrides have that of what they override.
 */
export function undocumentedIn(source: string): string[] {
  const lines = source.split('\n')
  return lines.flatMap((line, at) => {
    const found = declaration.exec(line)
    if (found === null || /\boverride\b/.test(line)) return []
    const name = found[1] as string
    return hasKdoc(lines, at) || isExplained(lines, at, name) ? [] : [`${at + 1}: ${name}`]
  })
}

function hasKdoc(lines: readonly string[], at: number): boolean {
  let above = at - 1
  while (/^\s*@\w+(?:\(.*\))?$/.test(lines[above] ?? '')) above -= 1
  return (lines[above] ?? '').trimEnd().endsWith('*/')
}

/** Whether the nearest KDoc above, which is that of the class for parameters of its constructor, names this property. */
function isExplained(lines: readonly string[], at: number, name: string): boolean {
  const end = lines
    .slice(0, at)
    .findLastIndex((line) => line.trimEnd().endsWith('*/') && !line.includes('/** '))
  const start = lines.slice(0, end + 1).findLastIndex((line) => line.trim().startsWith('/**'))
  return lines.slice(start, end + 1).some((line) => line.includes(`@property ${name} `))
}

/**
 * What Dokka printed about public declarations without KDoc. Accessors and companions are left out: Dokka reports those
 * that the compiler makes (`entries` of an enum) like documented ones, and {@link undocumentedIn} reads them in the
 * source.
 */
export function undocumentedByDokka(printed: string): string[] {
  return [...printed.matchAll(/Undocumented: (\S+)/g)]
    .map(([, name]) => name as string)
    .filter((name) => !/\/get[A-Z]\w*\/#|\.Companion\/$/.test(name))
}
