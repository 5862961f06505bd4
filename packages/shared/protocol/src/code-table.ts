/** What is told about a code wherever it is explained: in `docs/errors.md` and by `assay explain`. */
export interface CodeText {
  /** What has happened. Markdown of one line. */
  readonly meaning: string
  /** What to do about it. */
  readonly action: string
}

/** The codes of one union, each told once. `More`: what else is fixed for each of them. */
export type CodeTable<More = unknown> = Readonly<Record<string, CodeText & More>>

/** Of an error class: `message` is its fixed text, which never holds a value of the input. */
export type ErrorTable = CodeTable<{ readonly message: string }>

/** Of problems of the HTTP API (RFC 9457): a title is fixed, and nothing of the request is in it. */
export type ProblemTable = CodeTable<{ readonly status: number; readonly title: string }>
