import { cp } from 'node:fs/promises'
import path from 'node:path'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import { build as esbuild } from 'esbuild'
import { rollup } from 'rollup'
import { build as vite } from 'vite'
import { webpack } from 'webpack'
import { assayBuild, type AssayBuildOptions } from '@assay/web-build'

/** The app, as it is written: a lazy chunk whose name has a sign that URLs may escape, a worker and a service worker. */
const app = path.resolve(import.meta.dirname, 'app')
const [main, worker] = ['assets/main.js', 'assets/worker.js'].map((file) => path.join(app, file)) as [
  string,
  string,
]

/** Builds the app into a folder, as each bundler's users do; without `options`, as they do without Assay's plugin. */
export type BuildApp = (folder: string, options?: AssayBuildOptions) => Promise<unknown>

export const bundlers: Readonly<Record<'Vite' | 'Rollup' | 'webpack' | 'esbuild', BuildApp>> = {
  Vite: (folder, options) =>
    vite({
      root: app,
      configFile: false,
      logLevel: 'error',
      build: {
        outDir: folder,
        emptyOutDir: true,
        // The document shows a chunk of such a name too.
        rolldownOptions: { output: { codeSplitting: { groups: [{ name: '@sdk', test: /attester/ }] } } },
      },
      plugins: options === undefined ? [] : [assayBuild.vite(options)],
    }),

  async Rollup(folder, options) {
    await copyStaticFiles(folder)
    const bundle = await rollup({
      input: [main, worker],
      plugins: [nodeResolve(), ...(options === undefined ? [] : [assayBuild.rollup(options)])],
    })
    const chunkFileNames = 'assets/[name]-[hash].js'
    await bundle.write({ dir: folder, entryFileNames: 'assets/[name].js', chunkFileNames })
    await bundle.close()
  },

  async webpack(folder, options) {
    await copyStaticFiles(folder)
    const compiler = webpack({
      mode: 'production',
      entry: { main },
      output: {
        path: folder,
        publicPath: '/',
        filename: 'assets/[name].js',
        chunkFilename: 'assets/[contenthash].js',
      },
      plugins: options === undefined ? [] : [assayBuild.webpack(options)],
    })
    await new Promise<void>((resolve, reject) =>
      compiler?.run((fault, stats) => {
        const error = fault ?? stats?.compilation.errors[0]
        compiler.close(() => (error ? reject(error) : resolve()))
      }),
    )
  },

  async esbuild(folder, options) {
    await copyStaticFiles(folder)
    await esbuild({
      entryPoints: [main, worker],
      outdir: path.join(folder, 'assets'),
      bundle: true,
      splitting: true,
      format: 'esm',
      minify: true,
      logLevel: 'silent',
      plugins: options === undefined ? [] : [assayBuild.esbuild({ ...options, folder })],
    })
  },
}

async function copyStaticFiles(folder: string): Promise<void> {
  await cp(path.join(app, 'public'), folder, { recursive: true })
  await cp(path.join(app, 'index.html'), path.join(folder, 'index.html'))
}
