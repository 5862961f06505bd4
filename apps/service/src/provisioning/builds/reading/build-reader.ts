import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { AppImageErrorCode, BuildFormat } from '@assay/app-image'
import type { CodeTable } from '@assay/protocol'
import { readerRights } from './reader-rights.ts'
import type { ReadBuild, ReaderAnswer, ReaderCommand, Reading, WrittenSegment } from './reader-messages.ts'

export type BuildReadingCode = keyof typeof buildReadingCodes

/** The build is bad. `code` says why. */
export class BuildRefused extends Error {
  override readonly name = 'BuildRefused'
  readonly code: AppImageErrorCode | BuildReadingCode
  /** Path inside the build of the file at fault, if it is a single file. */
  readonly file: string | undefined

  constructor(code: AppImageErrorCode | BuildReadingCode, file?: string) {
    super('the build is refused')
    this.code = code
    this.file = file
  }
}

interface BuildReaderOptions {
  /** The program of the process, as JavaScript; its only argument is the folder of the blobs. */
  program: URL
  blobFolder: string
  /** Takes over what the process has written. */
  blobs: WrittenBlobs
  /** The folder of the files that it reads. It cannot read any others. */
  uploadFolder: string
  /** Seconds that reading one build may take. */
  seconds: number
  /** MiB of heap that it may use. */
  memory: number
  /** Milliseconds without work after which the process ends and its memory is freed. */
  idle?: number
}

/** The store in which segments get their names. */
interface WrittenBlobs {
  adopt(written: readonly WrittenSegment[]): Promise<void>
  discard(written: readonly WrittenSegment[]): Promise<void>
  /** Closes those that a sweep has removed, by their SHA-256. */
  forget(removed: readonly string[]): void
}

/** What to do with a build that was read: `keep` names its segments in the blob store. */
type Decide<T> = (report: ReadBuild, keep: () => Promise<void>) => Promise<T>

export type BuildReader = ReturnType<typeof createBuildReader>

/** Reads builds one at a time, in a process that is started when needed and ended when idle. */
export function createBuildReader(options: BuildReaderOptions) {
  const { seconds, idle = 3_000 } = options
  let child: ChildProcess | undefined
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  let idling: NodeJS.Timeout | undefined
  const closing = new AbortController()

  const end = async (): Promise<void> => {
    const ending = child
    child = undefined
    if (ending === undefined || !ending.kill('SIGKILL')) return
    if (ending.exitCode === null && ending.signalCode === null) await once(ending, 'exit')
  }

  const rest = () => {
    clearTimeout(idling)
    if (waiting > 0) return
    idling = setTimeout(() => void end(), idle)
    idling.unref()
  }

  /** @param expected what the process loads at once if it is not running yet */
  const running = (expected: BuildFormat): ChildProcess => {
    if (child !== undefined) return child
    const rights = readerRights({ ...options, program: fileURLToPath(options.program) })
    const started = start(options, rights, expected)
    started.once('exit', () => {
      if (child === started) child = undefined
    })
    child = started
    return started
  }

  const ask = (command: ReaderCommand & Reading) =>
    exchange(running(command.format), command, { limit: seconds * 1000, closing: closing.signal })
      .catch(async (error: unknown) => {
        await end()
        throw error
      })
      .then(unlessFailed)

  const oneAtATime = async <T>(work: () => Promise<T>): Promise<T> => {
    waiting += 1
    clearTimeout(idling)
    const result = last.then(() => {
      closing.signal.throwIfAborted()
      return work()
    })
    last = result.catch(() => undefined)
    try {
      return await result
    } finally {
      waiting -= 1
      rest()
    }
  }

  return {
    /** Starts the process while the file is still on its way. */
    warm(expected: BuildFormat): void {
      running(expected)
      rest()
    },
    /**
     * Reads `file` and lets `decide` determine what becomes of it. Whatever it does not keep is dropped.
     *
     * @throws BuildRefused, or what `decide` throws
     */
    read: <T>(file: string, reading: Reading, decide: Decide<T>): Promise<T> =>
      oneAtATime(async () => {
        const answer = await ask({ kind: 'read', file, ...reading })
        if (answer.kind === 'refused') throw new BuildRefused(answer.code, answer.file)
        if (answer.kind !== 'read') throw new Error('the build reader answered another request')
        const { report, written } = answer
        let kept = false
        const keep = async () => {
          await options.blobs.adopt(written)
          kept = true
        }
        try {
          return await decide(report, keep)
        } finally {
          if (!kept) await options.blobs.discard(written)
        }
      }),
    /**
     * Removes blobs that `named` does not name. In the meantime this process registers nothing. False: stopping has broken
     * it off, and the next one does the rest.
     */
    sweep: (named: () => Promise<string[]>, before: Date): Promise<boolean> =>
      oneAtATime(async () => {
        const keep = await named()
        // It reads only file names, and removes what the process that reads builds must not touch.
        const sweeper = start(options, [])
        const command: ReaderCommand = { kind: 'sweep', keep, before: before.getTime() }
        const within = { limit: seconds * 1000, closing: closing.signal }
        const answer = unlessFailed(
          await exchange(sweeper, command, within).finally(() => void sweeper.kill('SIGKILL')),
        )
        if (answer.kind !== 'swept') throw new Error('the build reader answered another request')
        options.blobs.forget(answer.removed)
        return true
      }).catch((error: unknown) => {
        if (closing.signal.aborted) return false
        throw error
      }),
    /** Ends what is being read: nobody waits for it any more. What is being decided is waited for. */
    async close(): Promise<void> {
      closing.abort(new Error('the build reader is closed'))
      await last
      clearTimeout(idling)
      await end()
    },
  }
}

function unlessFailed(answer: ReaderAnswer): Exclude<ReaderAnswer, { kind: 'failed' }> {
  if (answer.kind !== 'failed') return answer
  throw Object.assign(new Error(answer.message), { code: answer.code })
}

function start(
  { program, blobFolder, memory }: BuildReaderOptions,
  rights: readonly string[],
  expected?: BuildFormat,
): ChildProcess {
  const child = fork(fileURLToPath(program), [blobFolder, ...(expected === undefined ? [] : [expected])], {
    execArgv: [`--max-old-space-size=${memory}`, ...rights],
    // It gets nothing of the service's environment.
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  child.unref()
  child.channel?.unref()
  // Whoever waits for an answer learns of it; a process that dies idle is started again when needed.
  child.on('error', () => undefined)
  return child
}

/** One command and its answer, within the time limit. The process is no longer usable when this rejects. */
async function exchange(
  child: ChildProcess,
  command: ReaderCommand,
  { limit, closing }: { limit: number; closing: AbortSignal },
): Promise<ReaderAnswer> {
  const done = new AbortController()
  const timer = setTimeout(() => done.abort(outOfTime(command)), limit)
  const signal = AbortSignal.any([done.signal, closing])
  try {
    const exit = once(child, 'exit', { signal }).then(([, signal]) => {
      throw isOutOfMemory(signal)
        ? new BuildRefused('BUILD_READING_MEMORY')
        : new Error('the build reader ended')
    })
    const answer = once(child, 'message', { signal }) as Promise<[ReaderAnswer]>
    child.send(command)
    const [first] = await Promise.race([answer, exit])
    return first
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    clearTimeout(timer)
    done.abort()
  }
}

/** Only reading depends on the build; if the rest takes long, the disk is at fault. */
function outOfTime({ kind }: ReaderCommand): Error {
  return kind === 'read'
    ? new BuildRefused('BUILD_READING_TIME')
    : new Error('the build reader does not answer')
}

/** V8 aborts or traps in a process whose heap is full; a system without memory kills it. */
function isOutOfMemory(signal: unknown): boolean {
  return signal === 'SIGABRT' || signal === 'SIGTRAP' || signal === 'SIGKILL'
}

/** Why a build that demands too much of its reader is refused. */
export const buildReadingCodes = {
  BUILD_READING_TIME: {
    meaning: 'Reading the build took longer than `limits.buildReading` (60 s).',
    action: 'Try again when the machine is idle. If this persists, raise the limit, or distrust the file.',
  },
  BUILD_READING_MEMORY: {
    meaning: 'Reading the build took more memory than `limits.buildMemory` (512 MiB).',
    action: 'Raise the limit, or distrust the file: memory does not grow with the size of an honest one.',
  },
} as const satisfies CodeTable
