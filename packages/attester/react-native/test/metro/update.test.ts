import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'

const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-update-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const program = path.resolve(import.meta.dirname, '../../metro/main.cjs')
const bundle = 'globalThis.__ASSAY_BUILD__="assay:build:1.0+1.r2;";run()'
const of = ['--app', 'com.example.shop', '--base', '1.0+1']

const run = (...args: string[]) => spawnSync('node', [program, ...args], { cwd: folder, encoding: 'utf8' })
const recorded = () =>
  JSON.parse(readFileSync(path.join(folder, '.assay-update/update.json'), 'utf8')) as object

function written(name: string, content: string | Buffer): string {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
  writeFileSync(path.join(folder, name), content)
  return name
}

describe('assay-update', () => {
  beforeEach(() => rmSync(path.join(folder, '.assay-update'), { recursive: true, force: true }))

  it('lays the script out under the name in the installed app, and says how to register it', () => {
    const { status, stdout } = run(written('a.bundle', bundle), ...of, '--provenance-key', 'my key.pem')
    expect(status).toBe(0)
    expect(stdout).toBe(
      "assay build add .assay-update/scripts --app com.example.shop --base 1.0+1 --id 1.0+1.r2 --provenance-key 'my key.pem'\n",
    )
    const name = 'base/assets/index.android.bundle'
    expect(readFileSync(path.join(folder, '.assay-update/scripts', name), 'utf8')).toBe(bundle)
    const sha256 = createHash('sha256').update(bundle).digest('hex')
    expect(recorded()).toMatchObject({
      app: 'com.example.shop',
      base: '1.0+1',
      build: '1.0+1.r2',
      scripts: [{ name, kind: 'script', bytes: bundle.length, sha256 }],
    })
  })

  it.each([
    ['apk', 'assets/index.android.bundle'],
    ['aab', 'base/assets/index.android.bundle'],
    ['ipa', 'main.jsbundle'],
  ])('names it as a base from an %s has it', (format, name) => {
    run(written('a.bundle', bundle), ...of, '--base-format', format)
    expect(recorded()).toMatchObject({ scripts: [{ name }] })
  })

  it('reads what `expo export` wrote, and knows bytecode', () => {
    const bytecode = Buffer.concat([Buffer.from('c61fbc03c103191f', 'hex'), Buffer.from(bundle)])
    written('dist/_expo/static/js/ios/index-1.hbc', bytecode)
    const metadata = { fileMetadata: { ios: { bundle: '_expo/static/js/ios/index-1.hbc' } } }
    written('dist/metadata.json', JSON.stringify(metadata))
    expect(run('dist', ...of, '--base-format', 'ipa').status).toBe(0)
    expect(recorded()).toMatchObject({ scripts: [{ kind: 'hermes', bytes: bytecode.length }] })
    expect(run('dist', ...of).stderr).toContain('names no bundle for android')
  })

  it('keeps nothing of an earlier update', () => {
    run(written('a.bundle', bundle), ...of)
    run('a.bundle', ...of, '--base-format', 'ipa')
    expect(existsSync(path.join(folder, '.assay-update/scripts/base'))).toBe(false)
  })

  it.each([
    ['says no build', 'run()'],
    ['says two', `${bundle};"assay:build:2;"`],
  ])('refuses a bundle that %s', (_, content) => {
    const { status, stderr } = run(written('b.bundle', content), ...of)
    expect(status).toBe(2)
    expect(stderr).toContain('ASSAY_BUILD')
  })

  it.each([
    [['a.bundle']],
    [[...of]],
    [['a.bundle', ...of, '--base-format', 'exe']],
    [['a.bundle', ...of, '--unknown']],
  ])('refuses the arguments %j', (args) => {
    written('a.bundle', bundle)
    expect(run(...args).status).toBe(2)
  })

  it('tells of a file that is not there', () => {
    const { status, stderr } = run('none', ...of)
    expect([status, stderr]).toEqual([1, expect.stringContaining('ENOENT')])
  })
})
