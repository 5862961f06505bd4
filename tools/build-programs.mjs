/**
 * `node tools/build-programs.mjs`: writes the programs that start often as few files with what they load, from the sources:
 * Node takes a third of a millisecond for each module. Docs: `docs/adr/0032-programs-in-few-files.md`.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'

const root = path.resolve(import.meta.dirname, '..')

/** Of the CLI: what each command loads. The rest stays with the packages that it depends on. */
const inEachCommand = ['@assay/protocol', 'commander', 'leven', 'picocolors']

const programs = [
  {
    entry: 'apps/cli/src/main.ts',
    folder: 'apps/cli/dist/program',
    external: dependenciesOf('apps/cli').filter((name) => !inEachCommand.includes(name)),
  },
  // Everything: the process may read no other code.
  {
    entry: 'apps/service/src/composition/build-reader.process.ts',
    folder: 'apps/service/dist/reader',
    external: [],
  },
]

/** Brings the programs up to date. A file that has not changed is not touched: others may be running it. */
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
    // What was written for CommonJS asks for modules of Node by this name.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'\nconst require = requireOf(import.meta.url)",
    },
    // They stand in `licenses.txt`.
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
  })
  const files = new Map(outputFiles.map((file) => [path.relative(target, file.path), file.text]))
  files.set('licenses.txt', licensesOf(Object.keys(metafile.inputs)))
  mkdirSync(target, { recursive: true })
  for (const [name, text] of files) {
    const file = path.join(target, name)
    if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text)
  }
  for (const name of readdirSync(target)) if (!files.has(name)) rmSync(path.join(target, name))
}

/** Of each package of others that is in a program, as its licence demands. */
function licensesOf(inputs) {
  const packages = new Set(
    inputs.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? []),
  )
  return [...packages]
    .map((folder) => ({ folder, ...manifestOf(folder) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ folder, name, version, license }) => {
      const file = readdirSync(path.join(root, folder)).find((each) => /^(licen[cs]e|copying)/i.test(each))
      const text =
        file === undefined
          ? 'The package has no file with the text.'
          : readFileSync(path.join(root, folder, file), 'utf8').trim()
      return `${name} ${version} (${license})\n\n${text}\n`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}

function dependenciesOf(folder) {
  return Object.keys(manifestOf(folder).dependencies)
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'))
}

if (process.argv[1] === import.meta.filename) await buildPrograms()
