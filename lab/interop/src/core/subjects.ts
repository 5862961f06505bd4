import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { install, nodeOf, type CaseResult, type Subject } from '../subject/subject.ts'
import { temporaryFolder } from '../subject/resources.ts'
import { bundle } from './bundle.ts'
import { readRequests } from '@assay/vectors/requests'

const entry = path.join(import.meta.dirname, `in-node.entry${path.extname(import.meta.filename)}`)

/** How a runtime is had and started. */
interface Runtime {
  readonly id: string
  /** Its program. */
  program(): Promise<string>
  readonly args?: readonly string[]
  /** Whether the guard's own use of `node:crypto` is run as well. */
  readonly nodeCrypto?: boolean
}

const runtimes: readonly Runtime[] = [
  ...([20, 22, 24, 26] as const).map((major) => ({
    id: `guard:node-${major}`,
    program: () => nodeOf(major),
    nodeCrypto: true,
  })),
  { id: 'guard:bun', program: programOf('bun', '1.4.5') },
  {
    id: 'guard:deno',
    program: programOf('deno', '2.9.6'),
    args: ['run', '--allow-read', '--allow-env=NODE_ENV', '--no-config', '--no-lock'],
  },
]

/** The guard's core on each runtime. */
export const coreSubjects: readonly Subject[] = runtimes.map((runtime) => ({
  id: runtime.id,
  run: () => runOn(runtime),
}))

/** A package that brings a program of its name. */
function programOf(name: string, version: string): () => Promise<string> {
  return async () => path.join(await install(name, { [name]: version }), 'node_modules/.bin', name)
}

async function runOn({ program, args = [], nodeCrypto = false }: Runtime): Promise<CaseResult[]> {
  const runtime = await program()
  await using folder = await temporaryFolder('core')
  const cases = path.join(folder.path, 'cases.json')
  await writeFile(cases, JSON.stringify(readRequests()))
  const module = await bundle(entry, folder.path)
  const more = nodeCrypto ? ['node-crypto'] : []
  const { stdout } = await promisify(execFile)(runtime, [...args, module, cases, ...more], {
    cwd: folder.path,
    maxBuffer: 2 ** 24,
  })
  return JSON.parse(stdout) as CaseResult[]
}
