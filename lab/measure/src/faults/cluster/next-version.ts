import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { nodeProgram } from '../node/node.ts'

/** The next version adds a table and a column to the schema; older rows lack the column. */
const step = `{
  name: 'of-the-next-version',
  async up({ schema }) {
    await schema.createTable('next_things').addColumn('id', 'integer').execute()
    await schema.alterTable('apps').addColumn('next_note', 'text').execute()
  },
}`

/** The schema steps of this version are numbered; the next version has one more. */
export interface NextVersion {
  /** The program, for `startNode`. */
  readonly program: string
  remove(): Promise<void>
}

/**
 * Builds a possible next version of the service: the same code, with a schema one step ahead. No released version supports
 * several nodes, so none can serve as the previous version.
 */
export async function buildNextVersion(): Promise<NextVersion> {
  const service = path.dirname(createRequire(import.meta.url).resolve('@assay/service/package.json'))
  // The folder is below the service's own, so that the build imports the same packages.
  const folder = path.join(service, `node_modules/.cache/assay-next-${process.pid}`)
  await mkdir(folder, { recursive: true })
  await cp(path.join(service, 'dist'), path.join(folder, 'dist'), { recursive: true })
  await cp(path.join(service, 'package.json'), path.join(folder, 'package.json'))
  const registry = path.join(folder, 'dist/storage/migrations/registry.js')
  await replaceIn(registry, /,?\s*\];/, `, ${step}];`)
  const program = path.join(folder, 'node.process.js')
  await cp(nodeProgram, program)
  await replaceIn(program, "'@assay/service'", "'./dist/index.js'")
  return { program, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** @throws Error if the file does not contain it */
async function replaceIn(file: string, what: string | RegExp, by: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  const replaced = text.replace(what, by)
  if (replaced === text) throw new Error(`${path.basename(file)} is not as the next version expects it`)
  await writeFile(file, replaced)
}
