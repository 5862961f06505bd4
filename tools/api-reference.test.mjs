import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { typedoc } from './api-reference.mjs'
import { NotInstalled } from './installed.mjs'

const packageFolder = path.resolve(import.meta.dirname, '../packages/attester/react-native')

/** TypeDoc's word on the package; `undefined` where it cannot be installed. */
async function checked(folder = packageFolder) {
  try {
    return await typedoc(['--emit', 'none'], folder)
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error
    console.log(`not run: API reference: ${error.message}`)
    expect(process.env.ASSAY_REQUIRE_ALL).not.toBe('1')
    return undefined
  }
}

it('every public export of the SDK for React Native has a comment', async () => {
  const result = await checked()
  if (result !== undefined) expect(result, result.output).toMatchObject({ status: 0 })
})

it('an export without a comment is reported', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-reference-'))
  const options = JSON.parse(readFileSync(path.join(packageFolder, 'typedoc.json'), 'utf8'))
  const write = (name, content) => writeFileSync(path.join(folder, name), content)
  write('typedoc.json', JSON.stringify({ ...options, entryPoints: ['canary.ts'] }))
  write('tsconfig.json', JSON.stringify({ include: ['canary.ts'], compilerOptions: { types: [] } }))
  write('canary.ts', 'export interface Canary {\n  /** Sings. */\n  readonly sings: true\n}\n')
  try {
    const result = await checked(folder)
    if (result === undefined) return
    expect(result.status).not.toBe(0)
    expect(result.output).toContain('Canary (Interface)')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
