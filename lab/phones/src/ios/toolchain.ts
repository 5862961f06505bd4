import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const root = path.resolve(import.meta.dirname, '../../../..')

/** Programs of the Swift package, built; or why they cannot be. */
export type SwiftBuild = { readonly missing: string } | { readonly program: (name: string) => string }

/** Builds programs of the Swift package, for debugging unless it is for release. @throws Error with the compiler's messages */
export async function buildSwift(
  products: readonly string[],
  kind: 'debug' | 'release' = 'debug',
): Promise<SwiftBuild> {
  if (process.platform !== 'linux') return { missing: 'the stand-ins for Apple’s modules are for Linux only' }
  const version = await run(['--version'])
  if (version === undefined) return { missing: 'no Swift (apt-get install swiftlang libssl-dev)' }
  for (const product of products) {
    const built = await run(['build', '-j', '2', '-c', kind, '--product', product])
    if (built?.status !== 0) throw new Error(`swift build --product ${product}:\n${built?.output ?? ''}`)
  }
  return { program: (name) => path.join(root, '.build', kind, name) }
}

/** `assay-phone`, if it was built before. */
export function builtPhone(): string | undefined {
  const program = path.join(root, '.build/debug/assay-phone')
  return existsSync(program) ? program : undefined
}

/** Size of the objects of the SDK's modules, in bytes. */
export interface ObjectSizes {
  /** As the compiler names it. */
  readonly architecture: string
  readonly text: number
  readonly readOnly: number
  readonly data: number
}

/** The size of both modules, built for release. @throws Error if there are no objects, or no `size` of binutils */
export async function sizeOfModules(): Promise<ObjectSizes> {
  const folder = path.join(root, '.build/release')
  const objects = await Promise.all(
    ['AssayCore', 'Assay'].map(async (module) => {
      const names = await readdir(path.join(folder, `${module}.build`), { recursive: true })
      return names
        .filter((name) => name.endsWith('.o'))
        .map((name) => path.join(folder, `${module}.build`, name))
    }),
  )
  if (objects.some((names) => names.length === 0)) throw new Error('a module has no objects')
  const { stdout } = await promisify(execFile)('size', ['-A', '-d', ...objects.flat()], {
    maxBuffer: 1 << 26,
  })
  const sum = (kind: RegExp) =>
    [...stdout.matchAll(/^([\w.$]+) +(\d+) /gm)].reduce(
      (total, [, name = '', bytes]) => total + (kind.test(name) ? Number(bytes) : 0),
      0,
    )
  return {
    architecture: (await realpath(folder)).split(path.sep).at(-2) ?? '',
    text: sum(/^\.text/),
    readOnly: sum(/^\.rodata|^swift5_/),
    data: sum(/^\.data|^\.bss|^\.init_array/),
  }
}

function run(args: readonly string[]): Promise<{ status: number | null; output: string } | undefined> {
  return new Promise((resolve) => {
    const child = spawn('swift', args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-8192))
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', () => resolve(undefined))
    child.once('close', (status) => resolve({ status, output }))
  })
}
