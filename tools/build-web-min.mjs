/**
 * `node tools/build-web-min.mjs`: writes `dist/web.min.js` of the client, the SDK for a page without a bundler: one ES
 * module that imports nothing, from the sources.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'

const root = path.resolve(import.meta.dirname, '..')
const folder = path.join(root, 'packages/attester/client')

/** @returns {Promise<string>} the text of the file */
export async function webMinText() {
  const { version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [path.join(folder, 'src/web/index.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    // As the sources are compiled.
    target: 'es2022',
    conditions: ['@assay/source'],
    banner: { js: `/*! @assay/client ${version} | ${license} */` },
    legalComments: 'none',
    write: false,
    logLevel: 'warning',
  })
  return outputFiles[0].text
}

export async function buildWebMin() {
  mkdirSync(path.join(folder, 'dist'), { recursive: true })
  writeFileSync(path.join(folder, 'dist/web.min.js'), await webMinText())
}

if (process.argv[1] === import.meta.filename) await buildWebMin()
