import path from 'node:path'
import { build, type Plugin } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import { assayBuild } from '@assay/web-build'
import { inProduction } from '../../../../tools/in-production.mjs'

const root = path.resolve(import.meta.dirname, 'app')

/** A way in which apps with `vite-plugin-pwa` are built. */
export interface PwaKind {
  strategy: 'generateSW' | 'injectManifest'
  registerType: 'autoUpdate' | 'prompt'
  coverage: 'image' | 'entry'
}

export interface PwaRelease extends PwaKind {
  endpoint: string
  app: string
  api: string
  /** What `config.js`, which no bundler sees, says. */
  config: string
  /** What every script says. */
  release: string
}

/** Builds a release of the app as its users do, with the plugin of Assay before or after that of the PWA. */
export async function buildPwa(folder: string, { config, ...settings }: PwaRelease): Promise<void> {
  const { strategy, registerType, coverage } = settings
  const pwa = VitePWA({
    strategies: strategy,
    registerType,
    ...(strategy === 'injectManifest' && { srcDir: 'src', filename: 'sw.js' }),
    manifest: { name: 'Orders', short_name: 'Orders', theme_color: '#ffffff' },
  })
  const isFirst = settings.release.endsWith('1')
  const assay = assayBuild.vite({ coverage })
  await inProduction(() =>
    build({
      root,
      configFile: false,
      logLevel: 'error',
      define: { settings: JSON.stringify(settings) },
      build: { outDir: folder, emptyOutDir: true, reportCompressedSize: false },
      plugins: [isFirst ? [pwa, assay] : [assay, pwa], emitConfig(config)],
    }),
  )
}

/** A script beside those of the bundler, as others have it in `public`. */
function emitConfig(config: string): Plugin {
  return {
    name: 'config',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'config.js', source: `globalThis.config = '${config}'\n` })
    },
  }
}
