import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { install } from '../subject/subject.ts'
import type { CaseResult, Subject } from '../subject/subject.ts'
import { bundle } from './bundle.ts'
import { readRequests } from '@assay/vectors/requests'

const entry = path.join(import.meta.dirname, `in-node.entry${path.extname(import.meta.filename)}`)

/** How a runtime is had and started. */
interface Runtime {
  readonly id: string
  /** Package that brings it, its exact version and its program. */
  readonly from: readonly [name: string, version: string, program: string]
  readonly args?: readonly string[]
  /** Whether the guard's own use of `node:crypto` is run as well. */
  readonly nodeCrypto?: boolean
}

const runtimes: readonly Runtime[] = [
  { id: 'guard:node-20', from: ['node', '20.20.2', 'node'], nodeCrypto: true },
  { id: 'guard:node-22', from: ['node', '22.23.3', 'node'], nodeCrypto: true },
  { id: 'guard:node-24', from: ['node', '24.21.0', 'node'], nodeCrypto: true },
  { id: 'guard:bun', from: ['bun', '1.4.5', 'bun'] },
  {
    id: 'guard:deno',
    from: ['deno', '2.9.6', 'deno'],
    args: ['run', '--allow-read', '--allow-env=NODE_ENV', '--no-config', '--no-lock'],
  },
]

/** The guard's core on each runtime. */
export const coreSubjects: readonly Subject[] = runtimes.map((runtime) => ({
  id: runtime.id,
  run: () => runOn(runtime),
}))

async function runOn({ id, from, args = [], nodeCrypto = false }: Runtime): Promise<CaseResult[]> {
  const [name, version, bin] = from
  const program =
    name === 'node' && process.versions.node === version
      ? process.execPath
      : path.join(await install(id.replace(':', '-'), { [name]: version }), 'node_modules/.bin', bin)
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-core-'))
  try {
    const cases = path.join(folder, 'cases.json')
    await writeFile(cases, JSON.stringify(readRequests()))
    const module = await bundle(entry, folder)
    const more = nodeCrypto ? ['node-crypto'] : []
    const { stdout } = await promisify(execFile)(program, [...args, module, cases, ...more], {
      cwd: folder,
      maxBuffer: 2 ** 24,
    })
    return JSON.parse(stdout) as CaseResult[]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
