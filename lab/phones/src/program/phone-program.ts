import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { linesOf } from '@assay/testkit/lines'

/** A command that starts a program with phones in it. */
export interface ProgramCommand {
  readonly command: string
  readonly args: readonly string[]
}

/** A report of a phone about itself. */
export type PhoneEvent = Readonly<Record<string, unknown>> & { readonly name: string }

/** The result of a request to a phone: its members, or `error` with the client error code. */
export type Reply = Readonly<Record<string, unknown>> & { readonly error?: string }

/** A process of an app, which obeys JSON lines. Its phones are the SDK over simulated hardware. */
export interface PhoneProgram {
  /** Does what `request` says: `do` names it, `phone` the phone (one by default). */
  ask(request: Readonly<Record<string, unknown>> & { readonly do: string }): Promise<Reply>
  /** What phones of this process reported, in order. */
  readonly events: readonly (PhoneEvent & { readonly phone: string })[]
  /** Sends SIGKILL: unwritten data is lost. Requests under way get `error: 'killed'`. */
  kill(): Promise<void>
  /** Ends its input, and waits for the end. */
  close(): Promise<void>
}

export function startProgram({ command, args }: ProgramCommand): PhoneProgram {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  const waiting = new Map<number, (reply: Reply) => void>()
  const events: (PhoneEvent & { phone: string })[] = []
  let last = 0
  linesOf(child.stdout).on('data', (line: string) => {
    const { id, phone, event, ...reply } = JSON.parse(line) as Reply & {
      id?: number
      phone?: string
      event?: PhoneEvent
    }
    if (event !== undefined) events.push({ ...event, phone: phone ?? '' })
    if (id === undefined) return
    waiting.get(id)?.(reply)
    waiting.delete(id)
  })
  child.stdin.on('error', () => undefined)
  child.on('close', () => {
    for (const settle of waiting.values()) settle({ error: 'killed' })
    waiting.clear()
  })
  return {
    ask: (request) =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve({ error: 'killed' })
        const id = ++last
        waiting.set(id, resolve)
        child.stdin.write(`${JSON.stringify({ id, ...request })}\n`)
      }),
    events,
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    async close() {
      child.stdin.end()
      await ended
    },
  }
}
