import path from 'node:path'
import { build } from 'vite'
import { assayBuild } from '@assay/web-build'

const root = path.resolve(import.meta.dirname, 'app')

/** What a release of the page has built in. */
export interface Settings {
  endpoint: string
  app: string
  api: string
}

interface ReleaseOptions {
  base?: string
  /** Without the page, which a server renders. */
  rendered?: boolean
  coverage?: 'image' | 'entry'
}

export async function buildProduction(
  folder: string,
  settings: Settings,
  { base = '/', rendered = false, coverage = 'image' }: ReleaseOptions = {},
): Promise<void> {
  await build({
    root,
    base,
    configFile: false,
    logLevel: 'error',
    define: { settings: JSON.stringify(settings) },
    build: {
      outDir: folder,
      emptyOutDir: true,
      ...(rendered && { assetsDir: 'r', rolldownOptions: { input: path.join(root, 'main.js') } }),
    },
    plugins: [assayBuild.vite({ coverage })],
  })
}
