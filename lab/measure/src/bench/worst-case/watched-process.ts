import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'

/** A service in a separate process. */
export interface WatchedService {
  readonly url: string
  readonly adminKey: string
  /** Milliseconds of thread CPU of the longest stretch, from before the work until it is answered. */
  longestStretch(work: () => Promise<unknown>): Promise<number>
  /** Megabytes by which the heap, with what lies outside it, was larger during the work than before. */
  heapGrowth(work: () => Promise<unknown>): Promise<number>
  stop(): Promise<void>
}

interface WatchedOptions {
  /** As `assay serve --test-vendors` takes it; default: none. */
  readonly vendorFile?: string
  /** Connection string; default: the embedded store. */
  readonly postgres?: string
  /** For a service that restarts over the same folder; default: new ones. */
  readonly keys?: WatchedKeys
}

interface WatchedKeys {
  readonly admin: string
  /** In hexadecimal. */
  readonly sealing: string
}

export function newWatchedKeys(): WatchedKeys {
  return {
    admin: `assay_${randomBytes(32).toString('base64url')}`,
    sealing: randomBytes(32).toString('hex'),
  }
}

export async function startWatchedService(
  dataFolder: string,
  { vendorFile, postgres, keys = newWatchedKeys() }: WatchedOptions = {},
): Promise<WatchedService> {
  const program = new URL('./watched-service.js', import.meta.url).pathname
  const child = fork(program, [dataFolder, ...(vendorFile === undefined ? [] : [vendorFile])], {
    env: {
      ...process.env,
      ASSAY_BENCH_ADMIN_KEY: keys.admin,
      ...(postgres === undefined ? {} : { ASSAY_BENCH_POSTGRES: postgres }),
      ASSAY_BENCH_SEALING_KEY: keys.sealing,
    },
  })
  const exited = once(child, 'exit')
  const said = async (): Promise<unknown> => {
    const ended = exited.then(() => {
      throw new Error('the service that is measured has ended')
    })
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [unknown]
    return message
  }
  const ask = (message: 'start' | 'stop' | 'heap' | 'grown'): Promise<unknown> => {
    const answer = said()
    child.send(message)
    return answer
  }
  const { url } = (await said()) as { url: string }
  return {
    url,
    adminKey: keys.admin,
    async longestStretch(work) {
      await ask('start')
      await work()
      return (await ask('stop')) as number
    },
    async heapGrowth(work) {
      await ask('heap')
      await work()
      return (await ask('grown')) as number
    },
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}
