import { spawn } from 'node:child_process'
import { linesOf } from '@assay/testkit/lines'

/** The result of a command: the members of its answer, with `error` if it failed. */
export type Outcome = Readonly<Record<string, unknown>> & { readonly error?: string }

/** The app on a phone, running. */
export interface PhoneProcess {
  ask(command: string, input?: object): Promise<Outcome>
  /** The steps that it has reported, if it was started with `tellsSteps`. */
  readonly steps: readonly string[]
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>
  /** As the user or the system ends an app: without a word. */
  kill(): Promise<void>
}

export interface PhoneSetup {
  readonly program: string
  /** `ASSAY_PHONE`: the configuration of the app, and the folder of its installation. */
  readonly phone: object
  readonly env: Readonly<Record<string, string>>
}

export function startPhone({ program, phone, env }: PhoneSetup): PhoneProcess {
  const child = spawn(program, [], {
    env: {
      PATH: process.env['PATH'] ?? '',
      SWIFT_BACKTRACE: 'enable=no',
      ...env,
      ASSAY_PHONE: JSON.stringify(phone),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const waiting = new Map<number, { resolve(outcome: Outcome): void; reject(error: Error): void }>()
  const steps: string[] = []
  let last = 0
  linesOf(child.stdout).on('data', (line: string) => {
    const outcome = JSON.parse(line) as Outcome & { id: number }
    if (typeof outcome['step'] === 'string') steps.push(outcome['step'])
    waiting.get(outcome.id)?.resolve(outcome)
    waiting.delete(outcome.id)
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error('the phone has ended'))
  })
  child.stdin.on('error', () => undefined)
  return {
    steps,
    ended,
    ask: (command, input = {}) =>
      new Promise((resolve, reject) => {
        last += 1
        waiting.set(last, { resolve, reject })
        child.stdin.write(`${JSON.stringify({ id: last, do: command, ...input })}\n`)
      }),
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
