/** What is asked of a URL. A `URL` has it. */
export interface Url {
  readonly href: string
  readonly origin: string
  readonly pathname: string
}

/**
 * Reads a URL as the platform's `fetch` does. `undefined` for one that it cannot tell the target of: such a URL is no
 * protected one.
 *
 * @param base against which relative URLs are read
 * @throws TypeError for a text that is not a URL
 */
export type ParseUrl = (text: string, base?: string) => Url | undefined

/** The parser of a platform that keeps to the URL standard. */
export const standardUrl: ParseUrl = (text, base) => new URL(text, base)
