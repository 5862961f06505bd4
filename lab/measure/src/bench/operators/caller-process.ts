import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { CalledRoute } from './callers.ts'

export interface CallerProcess {
  /** Calls the route for as long as the work takes. @returns what the work gives, and how many answers there were */
  beside<T>(route: CalledRoute, work: () => Promise<T>): Promise<{ result: T; answers: number }>
  stop(): Promise<void>
}

export function startCallers(): CallerProcess {
  const child = fork(new URL('./callers.js', import.meta.url).pathname)
  const exited = once(child, 'exit')
  const ask = async (message: CalledRoute | 'stop'): Promise<unknown> => {
    const answered = once(child, 'message')
    child.send(message)
    return ((await answered) as [unknown])[0]
  }
  return {
    async beside(route, work) {
      await ask(route)
      const result = await work()
      const { answers = 0, error } = (await ask('stop')) as { answers?: number; error?: string }
      if (error !== undefined) throw new Error(error)
      return { result, answers }
    },
    async stop() {
      child.kill()
      await exited
    },
  }
}
