import type { AttestationTrace } from '@assay/protocol/schemas'
import type { FreshService } from '@assay/testkit'

/** How an API is protected. */
export const levels = ['unprotected', 'embedded-secret', 'assay-software', 'assay-hardware'] as const
export type Level = (typeof levels)[number]

export interface DemoRow {
  /** The heading that the row stands under. */
  theme: string
  name: string
  level: Level
  expected: 'served' | 'refused'
  actual: 'served' | 'refused'
  /** HTTP status of the answer that decided. */
  status: number
  /** Code of a refusal, as the caller sees it. */
  code: string | null
}

/** An answer: the status, and the code if it is a problem document. */
export interface Outcome {
  status: number
  code: string | null
  /** Names a denial to the operator. */
  trace?: string
}

export type Expected = DemoRow['expected']

/** Collects rows, and reports each as it happens. */
export interface Story {
  heading(text: string): void
  say(text: string): void
  row(name: string, level: Level, expected: Expected, outcome: Outcome): void
  readonly rows: readonly DemoRow[]
}

export function createStory(tell: (line: string) => void, mark: (row: DemoRow) => string): Story {
  const rows: DemoRow[] = []
  let theme = ''
  return {
    rows,
    heading(text) {
      theme = text
      tell(`\n${text}`)
    },
    say: (text) => tell(`  ${text}`),
    row(name, level, expected, { status, code }) {
      const actual = status >= 200 && status < 300 ? 'served' : 'refused'
      const row: DemoRow = { theme, name, level, expected, actual, status, code }
      rows.push(row)
      const answer = `${status}${code === null ? '' : ` ${code}`}`
      // Most rows are at this level; some are reported at two levels, one after the other.
      const where = level === 'assay-software' ? '' : `, ${level}`
      tell(`  ${mark(row)} ${name}: ${actual} (${answer}${where})`)
    },
  }
}

/** The outcome of an HTTP answer. The code is that of the problem document, or of `WWW-Authenticate`. */
export async function outcomeOf(response: Response): Promise<Outcome> {
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok) return { status: response.status, code: null }
  const challenged = /error="([^"]+)"/.exec(response.headers.get('www-authenticate') ?? '')?.[1]
  const { code } = (body ?? {}) as { code?: unknown }
  return { status: response.status, code: typeof code === 'string' ? code : (challenged ?? null) }
}

/** The real code of a denial, which only the operator can look up, by the trace id; `undefined` without a trace. */
export async function lookUp(
  { url, env }: Pick<FreshService, 'url' | 'env'>,
  { trace }: Outcome,
): Promise<string | undefined> {
  if (trace === undefined) return undefined
  const headers = { authorization: `Bearer ${env['ASSAY_API_KEY'] ?? ''}` }
  const response = await fetch(new URL(`/v1/attestations/${trace}`, url), { headers })
  return response.ok ? ((await response.json()) as AttestationTrace).code : undefined
}
