import { mkdir, mkdtemp, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { digestImage } from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { nodeFolderImage, nodeImage } from '../../src/node/image.ts'
import { memoryImage } from '../../src/image/memory-image.ts'

const seed = new Uint8Array(32).fill(7)

async function folderOf(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'client-image-'))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
    await writeFile(path.join(folder, name), text)
  }
  return folder
}

describe('nodeImage', () => {
  it('reads files and memory alike', async () => {
    const folder = await folderOf({ 'b.js': 'x'.repeat(3_000_000) })
    const a = new TextEncoder().encode('bytes of a')
    const image = await nodeImage([
      { name: 'a.js', kind: 'script', bytes: a },
      { name: 'b.js', kind: 'script', path: path.join(folder, 'b.js') },
    ])
    expect(image.segments).toEqual([
      { name: 'a.js', kind: 'script', length: 10 },
      { name: 'b.js', kind: 'script', length: 3_000_000 },
    ])
    expect(await image.read('a.js', 6, 2)).toEqual(new TextEncoder().encode('of'))
    const b = new TextEncoder().encode('x'.repeat(3_000_000))
    const same = memoryImage([
      { name: 'a.js', kind: 'script', bytes: a },
      { name: 'b.js', kind: 'script', bytes: b },
    ])
    const [one, other] = await Promise.all(
      [image, same].map((it) => digestImage(it, 'image', seed, nodeCrypto)),
    )
    expect(one?.image).toEqual(other?.image)
  })

  it('shows what lies there now', async () => {
    const folder = await folderOf({ 'a.js': 'before' })
    const image = await nodeImage([{ name: 'a.js', kind: 'script', path: path.join(folder, 'a.js') }])
    await writeFile(path.join(folder, 'a.js'), 'after!')
    expect(new TextDecoder().decode(await image.read('a.js', 0, 6))).toBe('after!')
  })

  it('fails for a file that has become shorter, and for one that is missing', async () => {
    const folder = await folderOf({ 'a.js': 'before' })
    const file = path.join(folder, 'a.js')
    const image = await nodeImage([{ name: 'a.js', kind: 'script', path: file }])
    await truncate(file, 2)
    await expect(digestImage(image, 'image', seed, nodeCrypto)).rejects.toThrow('missing or wrong')
    await expect(nodeImage([{ name: 'a.js', kind: 'script', path: `${file}.not` }])).rejects.toThrow('ENOENT')
  })

  it('refuses two segments of one name', async () => {
    const segment = { name: 'a', kind: 'script', bytes: new Uint8Array(1) } as const
    await expect(nodeImage([segment, segment])).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' })
  })
})

describe('nodeFolderImage', () => {
  it('takes what a web build executes, named by its path', async () => {
    const folder = await folderOf({
      'index.html': '<script>',
      'assets/a.js': '1',
      'assets/deep/b.mjs': '2',
      'assets/c.css': '3',
      'm.wasm': '4',
      'photo.png': '5',
    })
    const { segments } = await nodeFolderImage(folder)
    expect(segments.map(({ name }) => name).sort()).toEqual([
      'assets/a.js',
      'assets/deep/b.mjs',
      'index.html',
      'm.wasm',
    ])
  })

  it('takes what an app executes whose APK was unpacked there', async () => {
    const folder = await folderOf({
      'AndroidManifest.xml': '1',
      'classes.dex': '2',
      'classes2.dex': '3',
      'lib/arm64-v8a/libapp.so': '4',
      'assets/index.js': '5',
      'res/layout/main.xml': '6',
    })
    const { segments } = await nodeFolderImage(folder, 'apk')
    expect(segments.map(({ name, kind }) => `${kind} ${name}`).sort()).toEqual([
      'dex classes.dex',
      'dex classes2.dex',
      'native lib/arm64-v8a/libapp.so',
      'script assets/index.js',
    ])
  })

  it('refuses a format that there is not, and a folder that is no path', async () => {
    const folder = await folderOf({ 'a.js': '1' })
    for (const [argument, given] of [
      ['format', [folder, 'foo']],
      ['format', [folder, null]],
      ['folder', [undefined]],
    ] as const) {
      await expect(nodeFolderImage(...(given as unknown as [string]))).rejects.toMatchObject({
        code: 'ERR_INVALID_ARG_VALUE',
        message: expect.stringMatching(new RegExp(`^${argument}: missing or wrong`)) as string,
      })
    }
  })
})
