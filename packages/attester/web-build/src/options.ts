import { buildIdPattern, mustHold } from '@assay/protocol'
import type { RegisterOptions } from './register.ts'

export interface AssayBuildOptions {
  /**
   * Name of the build. Default: derived from the content of its segments, `coverage` and `root`, so that the same
   * files, registered in the same way, have the same name.
   */
  build?: string
  /** The folder that is served and registered. Default: the one that the bundler writes to. */
  folder?: string
  /**
   * URL under which the folder is served, with a trailing slash. Default: `base` of Vite; otherwise the root of the
   * origin.
   */
  root?: string
  /**
   * `entry`: pins lazy chunks by their digests in an import map of each page, for a build that is registered with
   * `--coverage entry`: the SDK then reads what the page loads at start, and no lazy chunk. Vite and Rollup only: other
   * bundlers do not load chunks as modules, or do not say which are lazy. Default: `image`, everything is measured.
   */
  coverage?: 'image' | 'entry'
  /**
   * Registers the build as soon as it is written, except while watching; with esbuild, which tells no plugin that it
   * watches or serves, the first build of each context and no later one. Default: it is not registered.
   */
  register?: RegisterOptions | false
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the option that is wrong */
export function checkOptions(options: AssayBuildOptions): AssayBuildOptions {
  const { build, root, coverage = 'image', register = false } = options
  mustHold(build === undefined || buildIdPattern.test(build), 'build')
  mustHold(root === undefined || root.endsWith('/'), 'root')
  mustHold(coverage === 'image' || coverage === 'entry', 'coverage')
  if (register !== false) {
    mustHold(register.app, 'register.app')
    mustHold(register.provenanceKey, 'register.provenanceKey')
  }
  return options
}
