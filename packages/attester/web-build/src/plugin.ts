import path from 'node:path'
import { mustHold } from '@assay/protocol'
import { createUnplugin, type UnpluginInstance } from 'unplugin'
import { lazyChunks } from './lazy-chunks.ts'
import { checkOptions, type AssayBuildOptions } from './options.ts'
import { refuseHashedPages } from './page-hashes.ts'
import { registerBuild } from './register.ts'
import { WebBuildError } from './web-build-error.ts'
import { planPageBuild, writePageBuild, writePlanned, type PlannedPageBuild } from './write-page-build.ts'

const name = 'assay'

/** Where Rollup and its kind write. */
interface Written {
  dir?: string | undefined
  file?: string | undefined
}

/**
 * Writes into the pages of a build, for the SDK in them, the name of the build and its files, including lazy chunks and
 * workers, but no service workers. It works on the written folder: when the bundler has written it, before plugins that
 * list digests of pages (Workbox), and again after everything else. Put it last.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming the option that is wrong; WebBuildError fails the build
 */
export const assayBuild: UnpluginInstance<AssayBuildOptions | undefined> = createUnplugin((given = {}) => {
  const options = checkOptions(given)
  /** Absolute paths of the folders that this run has written. */
  const folders = new Set<string>()
  /** Absolute paths of lazy chunks to pin. */
  const lazy = new Set<string>()
  let root = options.root
  let isWatching = false

  function inputOf(folder: string): Parameters<typeof planPageBuild> {
    const inside = [...lazy]
      .map((file) => path.relative(folder, file))
      .filter((name) => !name.startsWith('..'))
    const names = inside.map((name) => name.split(path.sep).join('/'))
    return [folder, { ...options, ...(root !== undefined && { root }) }, names]
  }

  /** Before any other plugin takes digests of what is in the folder, as those that make service workers do when it is complete. */
  async function begin(folder: string): Promise<void> {
    try {
      await writePageBuild(...inputOf(folder))
    } catch (error) {
      // Another output may follow.
      if (!(error instanceof WebBuildError && error.code === 'WEB_NO_SCRIPT')) throw error
    }
  }

  /** After everything else: the block is written again if something has changed since, and no digest may be outdated. */
  async function finish(registers = !isWatching): Promise<void> {
    const written = options.folder === undefined ? [...folders] : [path.resolve(options.folder)]
    const plans = new Map<string, PlannedPageBuild>()
    for (const folder of written) plans.set(folder, await planPageBuild(...inputOf(folder)))
    folders.clear()
    lazy.clear()
    for (const [folder, planned] of plans) {
      await refuseHashedPages(folder, planned.pages)
      await writePlanned(folder, planned)
      const { build } = planned.build
      if (!options.register || !registers) continue
      const built = { folder, build, project: process.cwd(), coverage: options.coverage }
      process.stderr.write(await registerBuild(built, options.register))
      process.stdout.write(`build ${build} of ${options.register.app} is registered\n`)
    }
  }

  const rollup = {
    writeBundle: {
      order: 'post',
      sequential: true,
      async handler({ dir, file }: Written, bundle: Parameters<typeof lazyChunks>[0]): Promise<void> {
        const found = dir ?? (file === undefined ? undefined : path.dirname(file))
        if (found === undefined) return
        const folder = path.resolve(found)
        folders.add(folder)
        if (options.coverage === 'entry')
          for (const chunk of lazyChunks(bundle)) lazy.add(path.resolve(folder, chunk))
        if (options.folder === undefined) await begin(folder)
      },
    },
    closeBundle: { order: 'post', sequential: true, handler: () => finish() },
  } as const

  /** Each would write a block of its own. */
  function mustBeAlone(plugins: readonly object[]): void {
    if (plugins.filter((each) => 'name' in each && each.name === name).length > 1)
      throw new WebBuildError('WEB_PLUGIN_TWICE', 'the configuration has the plugin of Assay more than once')
  }

  function mustMeasureAll(): void {
    mustHold(options.coverage !== 'entry', 'coverage (`entry`: Vite and Rollup only)')
  }

  return {
    name,
    enforce: 'post',
    vite: {
      apply: 'build',
      configResolved(config) {
        mustBeAlone(config.plugins)
        root ??= config.base === '' ? './' : config.base
        isWatching = config.build.watch !== null
      },
      // Code that a server executes is not part of the page.
      applyToEnvironment: ({ config }) => config.consumer === 'client',
      ...rollup,
    },
    rollup: {
      buildStart({ plugins }) {
        mustBeAlone(plugins)
        isWatching = this.meta.watchMode
      },
      ...rollup,
    },
    rolldown: {
      buildStart({ plugins }) {
        mustBeAlone(plugins)
        isWatching = this.meta.watchMode
      },
      ...rollup,
    },
    webpack(compiler) {
      mustMeasureAll()
      mustBeAlone([{ name }, ...compiler.hooks.afterEmit.taps])
      const disk = compiler.outputFileSystem
      compiler.hooks.watchRun.tap(name, () => {
        isWatching = true
      })
      compiler.hooks.afterEmit.tapPromise({ name, stage: Infinity }, async ({ outputOptions, errors }) => {
        if (errors.length > 0 || outputOptions.path === undefined) return
        // The development server has put one in memory in its place.
        if (compiler.outputFileSystem !== disk) return
        folders.add(outputOptions.path)
        await finish()
      })
    },
    esbuild: {
      setup({ initialOptions, onEnd }) {
        mustMeasureAll()
        mustBeAlone(initialOptions.plugins ?? [])
        const { outdir, outfile, absWorkingDir = process.cwd() } = initialOptions
        const folder = outdir ?? (outfile === undefined ? undefined : path.dirname(outfile))
        let isFirst = true
        onEnd(async ({ errors }) => {
          // esbuild tells no plugin that it watches or serves; only a build after the first of a context shows it.
          const registers = isFirst
          isFirst = false
          if (errors.length > 0 || folder === undefined || initialOptions.write === false) return
          folders.add(path.resolve(absWorkingDir, folder))
          await finish(registers)
        })
      },
    },
  }
})
