/** The reader's own values in place of the guide's examples. */
export interface ReadersValues {
  /** Path of the reader's own release APK. */
  apk: string
  /** Its package. */
  package: string
}

const trace = /\btrace (\S+)/g

/**
 * `text` as the reader types it: with values of their own, and with the trace id that they read last where the guide
 * has `TRACE`.
 *
 * @throws Error when nothing so far has shown a trace id
 */
export function withReadersValues(text: string, values: ReadersValues, shownSoFar: string): string {
  const own = text
    .replaceAll('/path/to/app-release.apk', values.apk)
    .replaceAll('com.example.app', values.package)
  if (!/\bTRACE\b/.test(own)) return own
  const read = [...shownSoFar.matchAll(trace)].at(-1)?.[1]
  if (read === undefined) throw new Error('nothing has shown a trace id yet')
  return own.replace(/\bTRACE\b/g, read)
}
