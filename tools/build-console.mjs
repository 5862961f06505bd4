/**
 * `node tools/build-console.mjs`: builds the console into apps/console/dist, where the service finds it. It does nothing if the
 * sources have not changed since the last build.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { inProduction } from './in-production.mjs'

const root = path.resolve(import.meta.dirname, '..')
const folder = path.join(root, 'apps/console')
const stamp = path.join(folder, 'dist/.sources')

/** The source of explanations of codes: the tables of the built CLI, which `tsc -b` has updated. */
const tables = path.join(root, 'apps/cli/dist/faults/codes.js')

/** Updates the built console. The rest of the build must be up to date. */
export async function buildConsole() {
  const sources = digestOfSources()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return
  const explanations = await explanationsOfService()
  const { build } = await import('vite')
  await inProduction(() =>
    build({
      root: folder,
      base: '/console/',
      configFile: false,
      envDir: false,
      publicDir: false,
      logLevel: 'error',
      mode: 'production',
      resolve: { conditions: ['@assay/source', 'module', 'browser', 'production'] },
      plugins: [
        lateStyleSheets,
        virtualModule('virtual:explanations', `export const explanations = ${JSON.stringify(explanations)}`),
      ],
      build: {
        outDir: 'dist',
        emptyOutDir: true,
        target: 'es2022',
        modulePreload: { polyfill: false },
        // The content security policy allows no data: URLs.
        assetsInlineLimit: 0,
        chunkSizeWarningLimit: 1024,
        license: { fileName: 'assets/licenses.txt' },
      },
    }),
  )
  writeFileSync(stamp, sources)
}

/**
 * A style sheet in the head holds back the first paint until it is here; after the page's own heading it does not.
 */
const lateStyleSheets = {
  name: 'late-style-sheets',
  enforce: 'post',
  transformIndexHtml: {
    order: 'post',
    handler(html) {
      const sheets = html.match(/<link rel="stylesheet"[^>]*>/g) ?? []
      const rest = sheets.reduce((text, sheet) => text.replace(sheet, ''), html)
      return rest.replace('</body>', `${sheets.join('')}</body>`)
    },
  },
}

function virtualModule(name, code) {
  return {
    name,
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load: (id) => (id === `\0${name}` ? code : undefined),
  }
}

/** Meaning, action and section of each code of the service; the first table that has one counts, as in the CLI. */
async function explanationsOfService() {
  const { codeSections } = await import(pathToFileURL(tables).href)
  const texts = {}
  for (const { by, heading, codes } of codeSections) {
    if (by !== 'service') continue
    for (const [code, { meaning, action }] of codes) texts[code] ??= { meaning, action, section: heading }
  }
  return texts
}

function digestOfSources() {
  const hash = createHash('sha256')
  const files = [
    path.join(root, 'package-lock.json'),
    import.meta.filename,
    tables,
    path.join(folder, 'index.html'),
    ...filesUnder(path.join(folder, 'src')),
    ...filesUnder(path.join(root, 'apps/cli/src/builds')),
    ...filesUnder(path.join(root, 'apps/cli/src/doctor')),
    ...filesUnder(path.join(root, 'apps/cli/src/faults')),
    ...filesUnder(path.join(root, 'packages/shared/protocol/src')),
  ]
  for (const file of files)
    hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

function filesUnder(where) {
  return readdirSync(where, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
}

if (process.argv[1] === import.meta.filename) await buildConsole()
