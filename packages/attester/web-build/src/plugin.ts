import path from 'node:path'
import { mustHold } from '@assay/protocol'
import { createUnplugin, type UnpluginInstance } from 'unplugin'
import { lazyChunks } from './lazy-chunks.ts'
import { checkOptions, type AssayBuildOptions } from './options.ts'
import { registerBuild } from './register.ts'
import { WebBuildError } from './web-build-error.ts'
import { writePageBuild } from './write-page-build.ts'

const name = 'assay'

/** Where Rollup and its kind write. */
interface Written {
  dir?: string | undefined
  file?: string | undefined
}

/**
 * Writes into the pages of a build, for the SDK in them, the name of the build and its files, including lazy chunks,
 * workers and service workers. It works on the written folder, after everything else: put it last.
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

  async function finish(registers = !isWatching): Promise<void> {
    const written = options.folder === undefined ? [...folders] : [path.resolve(options.folder)]
    const pinned = [...lazy]
    folders.clear()
    lazy.clear()
    for (const folder of written) {
      const inside = pinned
        .map((file) => path.relative(folder, file))
        .filter((name) => !name.startsWith('..'))
      const names = inside.map((name) => name.split(path.sep).join('/'))
      const { build } = await writePageBuild(
        folder,
        { ...options, ...(root !== undefined && { root }) },
        names,
      )
      if (!options.register || !registers) continue
      const built = { folder, build, project: process.cwd(), coverage: options.coverage }
      process.stderr.write(await registerBuild(built, options.register))
      process.stdout.write(`build ${build} of ${options.register.app} is registered\n`)
    }
  }

  const rollup = {
    writeBundle({ dir, file }: Written, bundle: Parameters<typeof lazyChunks>[0]): void {
      const folder = dir ?? (file === undefined ? undefined : path.dirname(file))
      if (folder === undefined) return
      folders.add(path.resolve(folder))
      if (options.coverage === 'entry')
        for (const chunk of lazyChunks(bundle)) lazy.add(path.resolve(folder, chunk))
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
