import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { ProblemError } from '../../faults/problem-error.ts'
import type { Random } from '../../system/ports.ts'

/** Simultaneous uploads: each may take a file of the maximum size on disk. */
const atOnce = 4
/** Uploads per key: no key may block the others. */
const perKey = 2
/** Bytes that are gathered for one write. */
const bytesPerWrite = 1 << 20
/** Milliseconds that a sender has before its rate is checked. */
const defaultGrace = 15_000

interface UploadOptions {
  folder: string
  /** Bytes of a file. */
  largest: number
  /** Minimum bytes a second, on average. */
  leastRate: number
  grace?: number
  random: Random
  /** Classifies an error of the disk; by default it is passed on unchanged. */
  explain?: (error: unknown) => unknown
}

/** Receives files to register. */
export function createUploads(options: UploadOptions) {
  const { folder, largest, leastRate, grace = defaultGrace, random, explain = (error) => error } = options
  const running = new Map<string, number>()
  const countAll = () => [...running.values()].reduce((sum, count) => sum + count, 0)
  const add = (key: string, count: number) => {
    const left = (running.get(key) ?? 0) + count
    if (left === 0) running.delete(key)
    else running.set(key, left)
  }
  return {
    /**
     * Writes `body` to a file, gives its path to `use`, and removes it in any case.
     *
     * @param key id of the API key that sends it
     * @throws ProblemError `body_too_large`, `body_too_slow`, `request_invalid` when the body ends early,
     *   `temporarily_unavailable` when too many are under way, of this key or of all
     */
    async receive<T>(body: Readable, key: string, use: (file: string) => Promise<T>): Promise<T> {
      if (countAll() >= atOnce || (running.get(key) ?? 0) >= perKey)
        throw new ProblemError('temporarily_unavailable', { retryAfter: 5 })
      add(key, 1)
      // A sender may go away before the body is read; whoever reads it then gets the error.
      body.on('error', () => undefined)
      const file = path.join(folder, Buffer.from(random(16)).toString('hex'))
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await write(body, file, largest, { leastRate, grace })
        return await use(file)
      } catch (error) {
        throw explain(error)
      } finally {
        add(key, -1)
        await rm(file, { force: true })
      }
    },
    /** Removes what a killed process has left: files last written before `before` (milliseconds since 1970). */
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

interface LeastSpeed {
  leastRate: number
  /** Milliseconds. */
  grace: number
}

async function write(body: Readable, file: string, largest: number, speed: LeastSpeed): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  const gathered = Buffer.allocUnsafeSlow(bytesPerWrite)
  let held = 0
  let length = 0
  /** Milliseconds spent waiting for the sender: the time that we take to write does not count. */
  let waited = 0
  try {
    for (;;) {
      const chunk = body.read() as Buffer | null
      if (chunk === null) {
        const began = performance.now()
        const isMore = await more(body, speed.grace + (length / speed.leastRate) * 1000 - waited)
        if (!isMore) break
        waited += performance.now() - began
        continue
      }
      length += chunk.length
      if (length > largest) throw new ProblemError('body_too_large')
      for (let taken = 0; taken < chunk.length;) {
        const copied = chunk.copy(gathered, held, taken)
        taken += copied
        held += copied
        if (held < bytesPerWrite) continue
        await handle.writeFile(gathered)
        held = 0
      }
    }
    await handle.writeFile(gathered.subarray(0, held))
  } finally {
    await handle.close()
  }
}

/**
 * Waits until there is something to read, or the end, which is `false`. A sender that goes away or trickles is at
 * fault, not the service.
 *
 * @throws ProblemError `body_too_slow` after so many milliseconds, `request_invalid` if the sender has gone
 */
function more(body: Readable, milliseconds: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer)
      for (const event of events) body.off(event, settle)
      if (body.readableEnded) resolve(false)
      else if (body.destroyed)
        reject(new ProblemError('request_invalid', { cause: body.errored ?? undefined }))
      else resolve(true)
    }
    const timer = setTimeout(
      () => {
        for (const event of events) body.off(event, settle)
        reject(new ProblemError('body_too_slow'))
      },
      Math.max(0, milliseconds),
    )
    // One of the events may have come before this call.
    if (body.readableEnded || body.destroyed) settle()
    else for (const event of events) body.on(event, settle)
  })
}

const events = ['readable', 'end', 'error', 'close'] as const
