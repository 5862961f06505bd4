import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { AppImageErrorCode, BuildFormat, BuildReport } from '@assay/app-image'
import type { ReaderAnswer, ReaderCommand, ReaderData } from './reader-messages.ts'

/** Why a build is refused that asks too much of its reader. */
export const buildReadingCodes = ['BUILD_READING_TIME', 'BUILD_READING_MEMORY'] as const
export type BuildReadingCode = (typeof buildReadingCodes)[number]

/** The build is bad. `code` says why. */
export class BuildRefused extends Error {
  override readonly name = 'BuildRefused'
  readonly code: AppImageErrorCode | BuildReadingCode

  constructor(code: AppImageErrorCode | BuildReadingCode) {
    super('the build is refused')
    this.code = code
  }
}

interface BuildReaderOptions {
  blobFolder: string
  /** Seconds that reading one build may take. */
  seconds: number
  /** MiB of heap that it may take. */
  memory: number
  /** Milliseconds without work after which the thread and its memory are given back. */
  idle?: number
}

/** What to do with a build that was read: `keep` names its segments in the blob store. */
type Decide<T> = (report: BuildReport, keep: () => Promise<void>) => Promise<T>

/** The built file: a thread is started from JavaScript, also where the rest runs from source. */
const workerFile = new URL('../../../dist/builds/reading/build-reader.worker.js', import.meta.url)

export type BuildReader = ReturnType<typeof createBuildReader>

/** Reads one build after the other on a thread that is started when needed and ended when idle. */
export function createBuildReader({ blobFolder, seconds, memory, idle = 3_000 }: BuildReaderOptions) {
  let worker: Worker | undefined
  let turn: Promise<unknown> = Promise.resolve()
  let waiting = 0
  let idling: NodeJS.Timeout | undefined

  const end = async (): Promise<void> => {
    const ending = worker
    worker = undefined
    await ending?.terminate()
  }

  const rest = () => {
    clearTimeout(idling)
    if (waiting > 0) return
    idling = setTimeout(() => void end(), idle)
    idling.unref()
  }

  const running = (): Worker => {
    if (worker !== undefined) return worker
    const started = startWorker(blobFolder, memory)
    started.once('exit', () => {
      if (worker === started) worker = undefined
    })
    worker = started
    return started
  }

  const ask = async (command: ReaderCommand): Promise<Exclude<ReaderAnswer, { kind: 'failed' }>> => {
    const answer = await exchange(running(), command, seconds * 1000).catch(async (error: unknown) => {
      await end()
      throw error
    })
    if (answer.kind === 'failed') throw Object.assign(new Error(answer.message), { code: answer.code })
    return answer
  }

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    waiting += 1
    clearTimeout(idling)
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    try {
      return await result
    } finally {
      waiting -= 1
      rest()
    }
  }

  return {
    /** Starts the thread while the file is still on its way. */
    warm(): void {
      running()
      rest()
    },
    /**
     * Reads `file` and lets `decide` say what becomes of it. Whatever it did not keep is dropped.
     *
     * @throws BuildRefused, or what `decide` throws
     */
    read: <T>(file: string, format: BuildFormat, decide: Decide<T>): Promise<T> =>
      inTurn(async () => {
        const answer = await ask({ kind: 'read', file, format })
        if (answer.kind === 'refused') throw new BuildRefused(answer.code)
        if (answer.kind !== 'read') throw new Error('the build reader lost its turn')
        let kept = false
        const keep = async () => {
          await ask({ kind: 'keep' })
          kept = true
        }
        try {
          return await decide(answer.report, keep)
        } finally {
          if (!kept) await ask({ kind: 'drop' })
        }
      }),
    /** Removes blobs that `named` does not name. Nothing is being registered meanwhile, by this process. */
    sweep: (named: () => Promise<string[]>, before: Date): Promise<void> =>
      inTurn(async () => void (await ask({ kind: 'sweep', keep: await named(), before: before.getTime() }))),
    async close(): Promise<void> {
      await turn
      clearTimeout(idling)
      await end()
    },
  }
}

function startWorker(blobFolder: string, memory: number): Worker {
  const worker = new Worker(workerFile, {
    workerData: { blobFolder } satisfies ReaderData,
    resourceLimits: { maxOldGenerationSizeMb: memory },
    execArgv: [],
  })
  worker.unref()
  // Whoever waits for an answer learns of it; a thread that dies idle is started again when needed.
  worker.on('error', () => undefined)
  return worker
}

/** One command and its answer, within the time limit. The thread is of no more use when this rejects. */
async function exchange(worker: Worker, command: ReaderCommand, limit: number): Promise<ReaderAnswer> {
  const done = new AbortController()
  const timer = setTimeout(() => done.abort(outOfTime(command)), limit)
  try {
    worker.postMessage(command)
    const exit = once(worker, 'exit', { signal: done.signal }).then(() => {
      throw new Error('the build reader ended')
    })
    const answer = once(worker, 'message', { signal: done.signal }) as Promise<[ReaderAnswer]>
    const [first] = await Promise.race([answer, exit])
    return first
  } catch (error) {
    if (done.signal.aborted) throw done.signal.reason
    throw isOutOfMemory(error) ? new BuildRefused('BUILD_READING_MEMORY') : error
  } finally {
    clearTimeout(timer)
    done.abort()
  }
}

/** Only reading depends on the build; that the rest takes long is the disk's fault. */
function outOfTime({ kind }: ReaderCommand): Error {
  return kind === 'read'
    ? new BuildRefused('BUILD_READING_TIME')
    : new Error('the build reader does not answer')
}

function isOutOfMemory(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY'
}
