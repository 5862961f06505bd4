/** What is needed of a page to look through it: a string has it. */
export type PageText = Pick<string, 'indexOf' | 'startsWith' | 'slice'>

const longestTag = '<script>'.length

/**
 * Where the first script outside of comments begins. Each character is read once, whatever the page is: a search begins
 * where the one before it ended.
 */
export function firstScript(page: PageText): number | undefined {
  for (let at = page.indexOf('<'); at !== -1;) {
    if (/^<script\b/i.test(page.slice(at, at + longestTag))) return at
    const from = page.startsWith('<!--', at) ? endOfComment(page, at + 4) : at + 1
    // The rest is a comment, for browsers too.
    if (from === undefined) return undefined
    at = page.indexOf('<', from)
  }
  return undefined
}

/** HTML Living Standard 13.2.5.43 to 13.2.5.52: `>` and `->` end a comment at once, `-->` and `--!>` later. */
function endOfComment(page: PageText, from: number): number | undefined {
  if (page.startsWith('>', from)) return from + 1
  if (page.startsWith('->', from)) return from + 2
  for (let dashes = page.indexOf('--', from); dashes !== -1; dashes = page.indexOf('--', dashes + 1)) {
    if (page.startsWith('>', dashes + 2)) return dashes + 3
    if (page.startsWith('!>', dashes + 2)) return dashes + 4
  }
  return undefined
}
