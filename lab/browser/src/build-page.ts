import path from 'node:path'
import { build } from 'vite'
import { inProduction } from '../../../tools/in-production.mjs'
import type { PageSettings } from './page/page-settings.ts'

const page = path.resolve(import.meta.dirname, '../src/page')

/**
 * Builds the page into `folder`, as a release: minified, in several chunks, with a worker.
 *
 * The SDK must know the name of a file outside the document before its content is known. So names contain the build, which
 * caches distinguish as well as hashes, and no hash of the content.
 */
export async function buildPage(folder: string, settings: PageSettings): Promise<void> {
  const assets = `assets/${settings.build}`
  const names = {
    entryFileNames: `${assets}/[name].js`,
    chunkFileNames: `${assets}/[name].js`,
    assetFileNames: `${assets}/[name][extname]`,
  }
  await inProduction(() =>
    build({
      root: page,
      configFile: false,
      envDir: false,
      logLevel: 'error',
      mode: 'production',
      define: { settings: JSON.stringify(settings) },
      resolve: { conditions: ['@assay/source', 'module', 'browser', 'production'] },
      worker: { format: 'es', rolldownOptions: { output: names } },
      build: {
        outDir: folder,
        emptyOutDir: true,
        assetsDir: assets,
        target: 'es2022',
        rolldownOptions: { output: names },
      },
    }),
  )
}
