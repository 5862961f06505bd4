import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** Scripts by name, and the document that loads them all. */
export interface PageCode {
  scripts: ReadonlyMap<string, Uint8Array>
}

/** Bytes of one script, as in the bundles of large apps. */
const chunkLength = 512 * 1024

/** Writes a page of `length` bytes of code, `main` among them, into `folder`. */
export async function writePage(folder: string, main: Uint8Array, length: number): Promise<PageCode> {
  const scripts = new Map([['assets/main.js', main]])
  for (let left = length - main.length, i = 0; left > 0; left -= chunkLength, i++) {
    scripts.set(`assets/chunk-${i}.js`, script(Math.min(left, chunkLength)))
  }
  await mkdir(path.join(folder, 'assets'), { recursive: true })
  for (const [name, bytes] of scripts) await writeFile(path.join(folder, name), bytes)
  const tags = [...scripts.keys()].map((name) => `<script src="/${name}"></script>`)
  await writeFile(path.join(folder, 'index.html'), `<!doctype html><title>bench</title>${tags.join('')}`)
  return { scripts }
}

/** A script of exactly this many bytes. It is a comment, because its work is not measured. */
function script(length: number): Uint8Array {
  const text = randomBytes(length)
    .toString('base64')
    .slice(0, Math.max(0, length - 4))
  return Buffer.from(`/*${text}*/`)
}
