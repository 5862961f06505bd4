/**
 * Writes the API reference of an SDK in TypeScript, with TypeDoc: `npm run api:reference -- [FOLDER]`. Without a folder it only checks,
 * and fails for a public export that has no comment or a broken link.
 */
import { spawn } from 'node:child_process'

import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { installed, NotInstalled } from './installed.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const packageFolder = path.join(root, 'packages/attester/react-native')
/** Installed outside the workspaces: nothing else here needs these 30 MB. Apache-2.0. */
const packages = { typedoc: '0.28.20', typescript: '6.0.3' }

/**
 * @param {readonly string[]} args of TypeDoc
 * @param {string} cwd
 * @returns {Promise<{ status: number, output: string }>}
 */
export async function typedoc(args, cwd = packageFolder) {
  const folder = await installed('typedoc', packages)
  const program = path.join(folder, 'node_modules/typedoc/bin/typedoc')
  const child = spawn(process.execPath, [program, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const status = await new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)))
  return { status, output }
}

async function main([folder]) {
  const args = folder === undefined ? ['--emit', 'none'] : ['--out', path.resolve(folder)]
  try {
    const { status, output } = await typedoc(args)
    process.stdout.write(output)
    process.exitCode = status
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error
    console.log(`not run: API reference: ${error.message}`)
    process.exitCode = process.env.ASSAY_REQUIRE_ALL === '1' ? 1 : 0
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2))
