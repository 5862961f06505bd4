/** The explanation of a code, in `docs/errors.md` and by `assay explain`. */
export interface CodeText {
  /** What has happened. Markdown of one line. */
  readonly meaning: string
  /** What to do about it. */
  readonly action: string
}

/** The codes of one union, each described once. `More`: further fixed properties of each. */
export type CodeTable<More = unknown> = Readonly<Record<string, CodeText & More>>

/** For an error class: `message` is its fixed text, which never contains a value of the input. */
export type ErrorTable = CodeTable<{ readonly message: string }>

/** For problems of the HTTP API (RFC 9457): a title is fixed, and contains nothing from the request. */
export type ProblemTable = CodeTable<{ readonly status: number; readonly title: string }>
