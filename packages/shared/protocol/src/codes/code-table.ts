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

/**
 * For errors of SDKs. Retryable: the same call may succeed later without anyone changing anything. The
 * messages of the other codes say the remedy.
 */
export type SdkTable = CodeTable<
  { readonly retryable: true } | { readonly retryable: false; readonly remedy: string }
>

/** The remedies of an SDK's table by code: an app ships these, and not the other texts. */
export type Remedies<Table extends SdkTable> = {
  readonly [
    Code in keyof Table as Table[Code] extends { remedy: string } ? Code : never
  ]: Table[Code] extends { remedy: infer Remedy } ? Remedy : never
}
