import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { context } from 'esbuild'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { webpack, type OutputFileSystem } from 'webpack'
import { assayBuild } from '../src/plugin.ts'

let project: string
beforeEach(async () => {
  project = await mkdtemp(path.join(os.tmpdir(), 'assay-developing-'))
  await put('main.js', 'console.log(1)')
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(project, { recursive: true })
})

async function put(name: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(project, name)), { recursive: true })
  await writeFile(path.join(project, name), text)
}

describe('webpack that builds into memory, as its development server does', () => {
  /** What a development server would serve. */
  async function build(): Promise<string[]> {
    const compiler = webpack({
      mode: 'development',
      context: project,
      entry: './main.js',
      output: { path: path.join(project, 'dist') },
      plugins: [assayBuild.webpack()],
    })
    const written: string[] = []
    // After the plugins were applied.
    compiler.outputFileSystem = memory(written)
    await new Promise<void>((resolve, reject) =>
      compiler.run((fault) => compiler.close(() => (fault ? reject(fault) : resolve()))),
    )
    return written
  }

  it('succeeds without a folder', async () => {
    expect(await build()).toEqual([path.join(project, 'dist/main.js')])
    expect(await readdir(project)).toEqual(['main.js'])
  })

  it('leaves the folder of an earlier build as it is', async () => {
    await put('dist/index.html', '<!doctype html><script src="main.js"></script>')
    await build()
    expect(await readdir(path.join(project, 'dist'))).toEqual(['index.html'])
    expect(await readFile(path.join(project, 'dist/index.html'), 'utf8')).not.toContain('assay-build')
  })
})

/** A file system that keeps the names of what is written, and nothing else. */
function memory(written: string[]): OutputFileSystem {
  const missing = (...args: unknown[]) =>
    (args.at(-1) as (error: Error) => void)(Object.assign(new Error('ENOENT'), { code: 'ENOENT' }))
  const done = (...args: unknown[]) => (args.at(-1) as (error: null) => void)(null)
  const writeFile = (file: string, ...args: unknown[]) => (written.push(file), done(...args))
  return { mkdir: done, stat: missing, readFile: missing, writeFile } as unknown as OutputFileSystem
}

describe('esbuild that builds again', () => {
  /** The names of the builds that the CLI has registered. */
  const registered = async () => (await readFile(path.join(project, 'registered'), 'utf8')).trim().split('\n')

  it('registers the first build of a context, and no other', async () => {
    const cli = 'node_modules/@assay/cli'
    await put(`${cli}/package.json`, JSON.stringify({ name: '@assay/cli', bin: { assay: 'cli.cjs' } }))
    await put(
      `${cli}/cli.cjs`,
      `require('fs').appendFileSync(${JSON.stringify(path.join(project, 'registered'))}, process.argv[process.argv.indexOf('--id') + 1] + '\\n')`,
    )
    vi.spyOn(process, 'cwd').mockReturnValue(project)
    vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    const register = { app: 'com.example.app', provenanceKey: 'provenance.pem' }
    const built = await context({
      absWorkingDir: project,
      entryPoints: ['main.js'],
      outdir: 'dist',
      logLevel: 'silent',
      plugins: [assayBuild.esbuild({ register })],
    })
    const nameOf = async () =>
      (JSON.parse(await readFile(path.join(project, 'dist/assay-build.json'), 'utf8')) as { build: string })
        .build
    try {
      await built.rebuild()
      const first = await nameOf()
      await put('main.js', 'console.log(2)')
      await built.rebuild()
      expect(await nameOf()).not.toBe(first)
      expect(await registered()).toEqual([first])
    } finally {
      await built.dispose()
    }
  })
})
