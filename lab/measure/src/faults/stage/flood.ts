import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { FloodConfig, FloodCount } from './flood.process.ts'

/** Senders in a separate process, so that they do not slow down the clients that are measured. */
export interface Flood {
  count(): FloodCount
  stop(): Promise<void>
}

/** Seconds within which its connections must be accepted. */
const mostSeconds = 20

/** Resolves when most of its connections have been answered. */
export async function startFlood(config: FloodConfig): Promise<Flood> {
  const child = fork(new URL('./flood.process.js', import.meta.url).pathname, [JSON.stringify(config)])
  const exited = once(child, 'exit')
  let count: FloodCount = { open: 0, answers: {}, closed: 0, offered: 0, retryAfter: {} }
  child.on('message', (message) => (count = message as FloodCount))
  const until = performance.now() + mostSeconds * 1000
  while (count.open < config.connections * 0.95 && performance.now() < until) await once(child, 'message')
  return {
    count: () => count,
    async stop() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
