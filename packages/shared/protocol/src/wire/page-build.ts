/** `id` of the data block (`<script type="application/json">`) in which a page names its build. */
export const pageBuildId = 'assay-build'

/** The same in the folder of the build, for servers that render pages, and for registration. */
export const pageBuildFile = 'assay-build.json'

/**
 * What a bundler writes into a page for the SDK in it. It is not trusted: a page that names another build, or files
 * other than the registered ones, is denied.
 */
export interface PageBuild {
  build: string
  /** URLs of all segments, including the page's own, relative to `root`. */
  files: string[]
  /**
   * URLs of what is left out of them: service workers and what only they import. In `assay-build.json` alone, for
   * registration.
   */
  serviceWorkers?: string[]
  /** URL of the registered folder, with a trailing slash. Default: the root of the origin. */
  root?: string
}

/**
 * A file of a build as a URL relative to its folder, in the form that URL parsers leave: import maps compare URLs as
 * text, and bundlers put chunk names into `import()` unchanged. Characters are escaped if a parser escapes them, or
 * would misinterpret them.
 */
export function urlOfFile(name: string): string {
  // `encodeURI` escapes four characters that some parsers leave alone, and leaves two that end a path.
  return encodeURI(name)
    .replace(/%5[BDE]|%7C/g, (escaped) => decodeURIComponent(escaped))
    .replace(/[?#]/g, encodeURIComponent)
}
