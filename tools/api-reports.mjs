/**
 * The surface of the public packages as text, one report for each package, in `tools/api/`, so that a review sees each change of
 * it. A subpath is a namespace in the report of its package, so what several subpaths show is there once. `node tools/api-reports.mjs` compares the reports with the build and exits with 1 if they differ; `--write` updates them.
 * `tsc -b` must have run.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { publishedPackages } from './published.mjs'

/**
 * Left out: tables of codes, which `docs/errors.md` shows, the Expo plugin, which `app.json` names and which has no types, the SDK in one
 * file, which exports what `./web` does, what the console takes of the CLI, and the tables of the service, which only the bench takes.
 */
const leftOut = /^\.\/(codes|expo|explain|tables|web\.min\.js|package\.json)$/

/**
 * The surface of each public package that has one: the declarations of its entry points, by subpath.
 *
 * @returns {{ report: string, folder: string, entries: Record<string, string> }[]}
 */
export function surfaces(root) {
  return publishedPackages(root)
    .filter(({ isPublic }) => isPublic)
    .map(({ name, dir, manifest }) => ({
      report: name.slice('@assay/'.length),
      folder: path.join(root, dir),
      entries: Object.fromEntries(
        Object.entries(manifest.exports)
          .filter(([subpath]) => !leftOut.test(subpath))
          .map(([subpath, entry]) => [subpath, entry.types ?? entry.browser.types]),
      ),
    }))
    .filter(({ entries }) => Object.keys(entries).length > 0)
}

/** Writes the file that exports the whole surface, beside the sources because API Extractor reads no other. @returns {string} its path */
function writeEntry({ folder, entries }) {
  const lines = Object.entries(entries).map(([subpath, file]) => {
    const from = `../${path.normalize(file).replace(/\.d\.(c?)ts$/, '.$1js')}`
    const name = subpath.slice(2).replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase())
    return `export *${name === '' ? '' : ` as ${name}`} from '${from}'\n`
  })
  mkdirSync(path.join(folder, '.cache'), { recursive: true })
  const entry = path.join(folder, '.cache/surface.d.ts')
  writeFileSync(entry, lines.join(''))
  return entry
}

/** Internal packages make no promise, but what a public one shows of them is part of its own. */
function internalPackages(root) {
  return publishedPackages(root)
    .filter(({ isPublic }) => !isPublic)
    .map(({ name }) => name)
}

function configOf(root, { report, folder }, entry, into) {
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: entry,
      bundledPackages: internalPackages(root),
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'ES2022',
            lib: ['ES2023', 'DOM'],
            module: 'NodeNext',
            moduleResolution: 'NodeNext',
            strict: true,
            skipLibCheck: true,
            types: ['node'],
          },
          files: [entry],
        },
        skipLibCheck: true,
      },
      apiReport: {
        enabled: true,
        reportFileName: report,
        reportFolder: into,
        reportTempFolder: path.join(into, '.new'),
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: path.join(folder, 'package.json'),
  })
}

/** @returns {string[]} reports that differ from the build, or that belong to no package */
export function checkReports(
  root,
  { write = false, into = path.join(root, 'tools/api'), of = surfaces(root) } = {},
) {
  mkdirSync(into, { recursive: true })
  const entries = of.map(writeEntry)
  const configs = of.map((surface, i) => configOf(root, surface, entries[i], into))
  const compilerState = CompilerState.create(configs[0], { additionalEntryPoints: entries })
  const changed = []
  for (const config of configs) {
    const result = Extractor.invoke(config, {
      compilerState,
      localBuild: write,
      messageCallback: (message) => (message.handled = true),
    })
    if (result.apiReportChanged && (write || !sameLines(config)))
      changed.push(path.basename(config.reportFilePath))
  }
  for (const file of [path.join(into, '.new'), ...entries]) rmSync(file, { recursive: true, force: true })
  const known = configs.map(({ reportFilePath }) => path.basename(reportFilePath))
  const orphans = readdirSync(into).filter((file) => !known.includes(file))
  if (write) for (const file of orphans) rmSync(path.join(into, file))
  return [...changed, ...orphans]
}

/** Sorts inferred members: their order depends on what the compiler has built before, and has no meaning. */
function sameLines({ reportFilePath, reportTempFilePath }) {
  const [known, built] = [reportFilePath, reportTempFilePath].map(
    (file) => existsSync(file) && readFileSync(file, 'utf8').split('\n').sort().join('\n'),
  )
  return known !== false && known === built
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const write = process.argv.includes('--write')
  const changed = checkReports(path.resolve(import.meta.dirname, '..'), { write })
  for (const report of changed)
    console.error(
      write
        ? `written: tools/api/${report}`
        : `tools/api/${report} differs from the build: npm run api:write`,
    )
  process.exit(changed.length === 0 || write ? 0 : 1)
}
