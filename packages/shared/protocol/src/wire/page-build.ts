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
