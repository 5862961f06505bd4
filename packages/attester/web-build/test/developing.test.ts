import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { webpack, type OutputFileSystem } from 'webpack'
import { assayBuild } from '../src/plugin.ts'

let project: string
beforeEach(async () => {
  project = await mkdtemp(path.join(os.tmpdir(), 'assay-developing-'))
  await put('main.js', 'console.log(1)')
})
afterEach(() => rm(project, { recursive: true }))

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
