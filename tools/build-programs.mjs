/**
 * `node tools/build-programs.mjs`: bundles the programs that start often, from the sources, into a few files: Node
 * takes a third of a millisecond for each module. Docs: `docs/adr/0032-bundled-programs.md`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'
import { writeProgram } from './write-program.mjs'

const root = path.resolve(import.meta.dirname, '..')
/** The entry file of a program. */
const main = 'main.mjs'

/** The part of the CLI that each command loads. The rest stays in the packages it depends on. */
const inEachCommand = ['@assay/protocol', 'commander', 'leven', 'picocolors']

const programs = [
  {
    entry: 'apps/cli/src/main.ts',
    folder: 'apps/cli/dist/program',
    external: dependenciesOf('apps/cli').filter((name) => !inEachCommand.includes(name)),
  },
  // All code is bundled: the process may read no other.
  {
    entry: 'apps/service/src/composition/build-reader.process.ts',
    folder: 'apps/service/dist/reader',
    external: [],
  },
]

/** Updates the programs. */
export async function buildPrograms() {
  for (const program of programs) await buildProgram(program)
}

async function buildProgram({ entry, folder, external }) {
  const target = path.join(root, folder)
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: folder,
    entryNames: 'main',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    external,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@assay/source'],
    // CommonJS code loads Node's own modules with `require`.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'\nconst require = requireOf(import.meta.url)",
    },
    // `licenses.txt` has them.
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
  })
  const texts = outputFiles
    .map((file) => [path.relative(target, file.path), file.text])
    .sort(([a], [b]) => Number(a === main) - Number(b === main))
  const licenses = ['licenses.txt', licensesOf(Object.keys(metafile.inputs))]
  writeProgram(target, new Map([licenses, ...texts]), Date.now())
}

/** The licences of the third-party packages in a program, which must be shipped with it. */
function licensesOf(inputs) {
  const packages = new Set(
    inputs.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? []),
  )
  return [...packages]
    .map((folder) => ({ folder, ...manifestOf(folder) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(
      ({ folder, name, version, license }) =>
        `${name} ${version}: ${license}\n\n${readFileSync(licenseFile(folder, name), 'utf8').trim()}\n`,
    )
    .join(`\n${'-'.repeat(80)}\n\n`)
}

function licenseFile(folder, name) {
  const own = readdirSync(path.join(root, folder)).find((each) => /^(licen[cs]e|copying)/i.test(each))
  if (own !== undefined) return path.join(root, folder, own)
  const ours = path.join(root, 'tools/licenses', `${name.replace('/', '-')}.txt`)
  if (!existsSync(ours)) throw new Error(`${name} has no licence text: write it into ${ours}`)
  return ours
}

function dependenciesOf(folder) {
  return Object.keys(manifestOf(folder).dependencies)
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'))
}

if (process.argv[1] === import.meta.filename) await buildPrograms()
