/** The reader's own values in place of the guide's examples. */
export interface ReadersValues {
  /** Path of the reader's own release APK. */
  apk: string
  /** Its package. */
  package: string
  /** The reader's account at Google Play; left out where no guide asks for it. */
  play?: PlayAccount
}

/** What Google Play has of an app of the reader's. */
export interface PlayAccount {
  /** Path of the bundle that was uploaded. */
  bundle: string
  /** Where the Play Developer API is answered. */
  api: string
  accessToken: string
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
    .replaceAll('/path/to/app-release.aab', values.play?.bundle ?? '/path/to/app-release.aab')
    .replaceAll(
      'https://androidpublisher.googleapis.com',
      values.play?.api ?? 'https://androidpublisher.googleapis.com',
    )
    .replaceAll(
      '"$(gcloud auth print-access-token)"',
      values.play?.accessToken ?? '"$(gcloud auth print-access-token)"',
    )
  if (!/\bTRACE\b/.test(own)) return own
  const read = [...shownSoFar.matchAll(trace)].at(-1)?.[1]
  if (read === undefined) throw new Error('nothing has shown a trace id yet')
  return own.replace(/\bTRACE\b/g, read)
}
