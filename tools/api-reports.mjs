/**
 * The surface of the public packages as text, one report for each entry point, in `tools/api/`, so that a review sees each change of
 * it. `node tools/api-reports.mjs` compares the reports with the build and exits with 1 if they differ; `--write` updates them.
 * `tsc -b` must have run.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { publishedPackages } from './published.mjs'

/**
 * Left out: tables of codes, which `docs/errors.md` shows, the Expo plugin, which `app.json` names and which has no types, and
 * the SDK in one file, which exports what `./web` does.
 */
const leftOut = /^\.\/(codes|expo|web\.min\.js|package\.json)$/

/** The entry points of each public package. @returns {{ report: string, entry: string, folder: string }[]} */
export function entryPoints(root) {
  return publishedPackages(root).flatMap(({ name, dir, isPublic, manifest }) => {
    if (!isPublic) return []
    const folder = path.join(root, dir)
    return Object.entries(manifest.exports)
      .filter(([subpath]) => !leftOut.test(subpath))
      .map(([subpath, entry]) => ({
        report: `${[name.slice('@assay/'.length), ...subpath.split('/').slice(1)].join('-')}`,
        entry: path.join(folder, entry.types ?? entry.browser.types),
        folder,
      }))
  })
}

/** Internal packages make no promise, but what a public one shows of them is part of its own. */
function internalPackages(root) {
  return publishedPackages(root)
    .filter(({ isPublic }) => !isPublic)
    .map(({ name }) => name)
}

function configOf(root, { report, entry, folder }, into) {
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

/** @returns {string[]} reports that differ from the build, or that belong to no entry point */
export function checkReports(
  root,
  { write = false, into = path.join(root, 'tools/api'), points = entryPoints(root) } = {},
) {
  mkdirSync(into, { recursive: true })
  const configs = points.map((point) => configOf(root, point, into))
  const compilerState = CompilerState.create(configs[0], {
    additionalEntryPoints: points.map(({ entry }) => entry),
  })
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
  rmSync(path.join(into, '.new'), { recursive: true, force: true })
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
