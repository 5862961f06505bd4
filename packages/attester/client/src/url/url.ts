/** What the SDK needs from a URL. A `URL` has it. */
export interface Url {
  readonly href: string
  readonly origin: string
  readonly pathname: string
}

/**
 * Reads a URL as the platform's `fetch` does. `undefined` for one whose target it cannot determine: such a URL is not
 * protected.
 *
 * @param base the base for relative URLs
 * @throws TypeError for a text that is not a URL
 */
export type ParseUrl = (text: string, base?: string) => Url | undefined

/** The parser of a platform that follows the URL standard. */
export const standardUrl: ParseUrl = (text, base) => new URL(text, base)
