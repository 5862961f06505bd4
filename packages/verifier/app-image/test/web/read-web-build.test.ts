import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readBuild } from '../../src/index.ts'
import { folderFiles } from '../../src/web/folder-files.ts'
import { expectRefusal, fileOf, temporaryFolder } from '../expect-refusal.ts'
import { writeZip } from '../zip/write-zip.ts'

const files: Record<string, string | Buffer> = {
  'index.html': '<script src="assets/app.js"></script>',
  'assets/app.js': 'console.log(1)',
  'assets/chunk.mjs': 'export {}',
  'assets/engine.wasm': '\0asm',
  'assets/style.css': 'body {}',
  'assets/empty.js': '',
  'logo.svg': '<svg/>',
  'main.jsbundle': Buffer.from('c61fbc03c103191f00', 'hex'),
}

function folderWith(contents: Record<string, string | Buffer>): string {
  const folder = temporaryFolder()
  for (const [name, content] of Object.entries(contents)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), content)
  }
  return folder
}

const zipWith = (contents: Record<string, string | Buffer>) =>
  fileOf(writeZip(Object.entries(contents).map(([name, content]) => ({ name, content }))))

describe('readBuild of a web build', () => {
  it('takes scripts, pages and WebAssembly into the code image', async () => {
    const report = await readBuild(folderWith(files), { format: 'web' })
    expect(report).toMatchObject({
      format: 'web',
      package: '',
      versionName: null,
      versionCode: 0,
      minSdk: null,
      targetSdk: null,
      debuggable: false,
      testOnly: false,
      signers: [],
      schemes: [],
      codeSignature: [],
      sealed: false,
      splits: null,
      framework: 'web',
      warnings: [],
    })
    expect(report.segments.map(({ name, kind, length }) => [name, kind, length])).toEqual([
      ['assets/app.js', 'script', 14],
      ['assets/chunk.mjs', 'script', 9],
      ['assets/empty.js', 'script', 0],
      ['assets/engine.wasm', 'script', 4],
      ['index.html', 'script', 37],
      ['main.jsbundle', 'hermes', 9],
    ])
  })

  it('reads a folder and a ZIP of it as the same image', async () => {
    const folder = await readBuild(folderWith(files), { format: 'web' })
    expect(await readBuild(zipWith(files), { format: 'web' })).toEqual(folder)
  })

  it('hands segments to writers', async () => {
    const chunks: Buffer[] = []
    await readBuild(folderWith({ 'a.js': 'content' }), {
      format: 'web',
      keep: () => ({ write: (chunk) => void chunks.push(Buffer.from(chunk)), end() {} }),
    })
    expect(Buffer.concat(chunks).toString()).toBe('content')
  })

  it('does not follow symbolic links', async () => {
    const folder = folderWith({ 'a.js': 'inside' })
    symlinkSync(path.join(folderWith({ 'b.js': 'outside' }), 'b.js'), path.join(folder, 'b.js'))
    const { segments } = await readBuild(folder, { format: 'web' })
    expect(segments.map(({ name }) => name)).toEqual(['a.js'])
  })

  it('refuses a build without anything to execute', async () => {
    await expectRefusal('WEB_NO_SCRIPT', () => readBuild(folderWith({ 'a.css': '' }), { format: 'web' }))
    await expectRefusal('WEB_NO_SCRIPT', () => readBuild(zipWith({}), { format: 'web' }))
  })

  it('refuses hostile archives as for APKs', async () => {
    await expectRefusal('ZIP_ENTRY_PATH', () => readBuild(zipWith({ '../a.js': '' }), { format: 'web' }))
    const odd = fileOf(writeZip([{ name: 'a.js', method: 9 }]))
    await expectRefusal('ZIP_METHOD', () => readBuild(odd, { format: 'web' }))
    await expectRefusal('ZIP_MALFORMED', () => readBuild(fileOf(Buffer.from('text')), { format: 'web' }))
  })

  it('refuses a folder of too many files', async () => {
    const folder = folderWith({ 'a.js': '', 'b/c.js': '', 'd.txt': '' })
    expect(await folderFiles(folder, 3)).toHaveLength(3)
    await expectRefusal('WEB_TOO_MANY_FILES', () => folderFiles(folder, 2))
  })
})
