import path from 'node:path'
import type { PageBuild } from '@assay/protocol'
import { lazyModules } from './lazy-modules.ts'
import { checkOptions, type AssayBuildOptions } from './options.ts'
import { refuseHashedPages } from './page-hashes.ts'
import { planPageBuild, writePlanned } from './write-page-build.ts'

/** As for the plugin. With the coverage `entry` the modules that pages load later are determined from the files. */
export type StampOptions = Pick<AssayBuildOptions, 'build' | 'root' | 'coverage'>

/**
 * Writes build and files into the pages of a folder of any origin, and into its `assay-build.json`, as the plugin does
 * for a bundler: the last step before the folder is registered and served. Stamping it again replaces what was written.
 *
 * @returns what was written
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the option that is wrong; WebBuildError with a code of `Stamping of web
 *   builds` in `docs/errors.md` that names the file, or `WEB_NO_SCRIPT`. Nothing is then written.
 */
export async function stampFolder(folder: string, options: StampOptions = {}): Promise<PageBuild> {
  const { build, root, coverage } = checkOptions(options)
  const given = {
    ...(build !== undefined && { build }),
    ...(root !== undefined && { root }),
    ...(coverage !== undefined && { coverage }),
  }
  const where = path.resolve(folder)
  const lazy = coverage === 'entry' ? await lazyModules(where, root) : []
  const planned = await planPageBuild(where, given, lazy)
  await refuseHashedPages(where, planned.pages)
  await writePlanned(where, planned)
  return planned.build
}
