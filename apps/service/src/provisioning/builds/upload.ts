import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { ProblemError } from '../../faults/problem-error.ts'
import type { Random } from '../../system/ports.ts'

/** Uploads at the same time: each may take a file of the largest size on disk. */
const atOnce = 4

/** Receives files to register. */
export function createUploads(folder: string, largest: number, random: Random) {
  let running = 0
  return {
    /**
     * Writes `body` to a file, lets `use` have its path, and removes it whatever comes.
     *
     * @throws ProblemError `body_too_large`, `request_invalid` when the body ends early, `temporarily_unavailable`
     *   when too many are under way
     */
    async receive<T>(body: Readable, use: (file: string) => Promise<T>): Promise<T> {
      if (running >= atOnce) throw new ProblemError('temporarily_unavailable', { retryAfter: 5 })
      running += 1
      // A sender may go away before anything of the body is asked for; anyone who reads it learns of it.
      body.on('error', () => undefined)
      const file = path.join(folder, Buffer.from(random(16)).toString('hex'))
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await write(body, file, largest)
        return await use(file)
      } finally {
        running -= 1
        await rm(file, { force: true })
      }
    },
    /** Removes what a process left that was killed: files last written before `before` (milliseconds since 1970). */
    async clear(before: number): Promise<void> {
      for (const name of await readdir(folder).catch(() => [])) {
        const file = path.join(folder, name)
        const found = await stat(file).catch(() => undefined)
        if (found !== undefined && found.mtimeMs < before) await rm(file, { force: true })
      }
    },
  }
}

export type Uploads = ReturnType<typeof createUploads>

async function write(body: Readable, file: string, largest: number): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  let length = 0
  try {
    for await (const chunk of read(body)) {
      length += chunk.length
      if (length > largest) throw new ProblemError('body_too_large')
      await handle.writeFile(chunk)
    }
  } finally {
    await handle.close()
  }
}

/** The body's chunks. A sender that goes away is the sender's fault, not ours. */
async function* read(body: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) yield chunk
  } catch (cause) {
    throw new ProblemError('request_invalid', { cause })
  }
}
