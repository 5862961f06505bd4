/** `id` of the data block (`<script type="application/json">`) in which a page names its build. */
export const pageBuildId = 'assay-build'

/** The same in the folder of the build, for servers that render pages, and for registration. */
export const pageBuildFile = 'assay-build.json'

/**
 * What a bundler writes into a page for the SDK in it. Nobody trusts it: a page that names another build, or other files
 * than the registered ones, is denied.
 */
export interface PageBuild {
  build: string
  /** URLs of all segments, the page's own among them, relative to `root`. */
  files: string[]
  /** URL of the folder that is registered, with a slash at its end. Default: the root of the origin. */
  root?: string
}

/**
 * A file of a build as a URL from its folder, written as URL parsers leave the name: import maps compare URLs as text, and
 * bundlers put names of chunks into `import()` as they are. Escaped is what a parser escapes, or would take for
 * something else.
 */
export function urlOfFile(name: string): string {
  // `encodeURI` escapes four characters that some parsers leave, and leaves two that end a path.
  return encodeURI(name)
    .replace(/%5[BDE]|%7C/g, (escaped) => decodeURIComponent(escaped))
    .replace(/[?#]/g, encodeURIComponent)
}
