import { spawn } from 'node:child_process'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../../../..')

/** Programs of the Swift package, built; or why they cannot be. */
export type SwiftBuild = { readonly missing: string } | { readonly program: (name: string) => string }

/** Builds programs of the Swift package, debug. @throws Error with the compiler's messages */
export async function buildSwift(products: readonly string[]): Promise<SwiftBuild> {
  if (process.platform !== 'linux') return { missing: 'the stand-ins for Apple’s modules are for Linux only' }
  const version = await run(['--version'])
  if (version === undefined) return { missing: 'no Swift (apt-get install swiftlang libssl-dev)' }
  for (const product of products) {
    const built = await run(['build', '-j', '2', '--product', product])
    if (built?.status !== 0) throw new Error(`swift build --product ${product}:\n${built?.output ?? ''}`)
  }
  return { program: (name) => path.join(root, '.build/debug', name) }
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
