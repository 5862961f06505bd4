import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { linesOf } from '@assay/testkit/lines'
import type { Reply } from '../program/phone-program.ts'

type Members = Readonly<Record<string, unknown>>

/** An app in React Native on an iPhone: its JavaScript in a Hermes VM, the bridge and the SDK in a program of Swift. */
export interface HermesOverSwift {
  /** Has the bundle carry out one of its tasks. */
  ask(task: string, request?: object): Promise<Reply>
  /** Calls of the native part and events out of it, in order. */
  readonly crossings: readonly string[]
  /** Another VM over the same native part, which knows that the first one is gone. */
  reload(): Promise<void>
  kill(): Promise<void>
}

export interface AppOnIphone {
  readonly hermes: string
  readonly bundle: string
  /** `assay-react-native`, built. */
  readonly program: string
  readonly described: Members
  readonly env: Readonly<Record<string, string>>
}

export function startOverSwift({ hermes, bundle, program, described, env }: AppOnIphone): HermesOverSwift {
  const native = spawn(program, [], {
    env: {
      PATH: process.env['PATH'] ?? '',
      SWIFT_BACKTRACE: 'enable=no',
      ...env,
      ASSAY_PHONE: JSON.stringify(described),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const crossings: string[] = []
  const waiting = new Map<number, (reply: Reply) => void>()
  let last = 0
  let vm = startVm()

  linesOf(native.stdout).on('data', (line: string) => {
    const { call, answer, event } = JSON.parse(line) as { call?: number; answer?: string; event?: string }
    if (event !== undefined) {
      crossings.push('event')
      vm.run(`nativeHost.emit(${JSON.stringify(event)})`)
    } else vm.run(`nativeHost.settle(${call}, true, ${JSON.stringify(answer)})`)
  })
  native.stdin.on('error', () => undefined)

  function startVm() {
    const child = spawn(hermes, ['-prompt=', '-prompt2='], { stdio: ['pipe', 'pipe', 'inherit'] })
    linesOf(child.stdout).on('data', (line: string) => {
      if (line.startsWith('@assay ')) heard(JSON.parse(line.slice(7)) as Members)
    })
    child.stdin.on('error', () => undefined)
    const run = (script: string) => {
      // Its reader counts brackets: a script is one text to it.
      child.stdin.write(`(0,eval)(decodeURIComponent("${encodeURIComponent(script)}"));0\n`)
    }
    run(readFileSync(bundle, 'utf8'))
    return { run, kill: () => child.kill('SIGKILL') }
  }

  function heard(line: Members) {
    if (typeof line['method'] === 'string') {
      crossings.push(line['method'])
      native.stdin.write(`${JSON.stringify(line)}\n`)
    } else if (typeof line['done'] === 'number') {
      waiting.get(line['done'])?.(line['reply'] as Reply)
      waiting.delete(line['done'])
    }
  }

  const ask = (task: string, request: object = {}) =>
    new Promise<Reply>((resolve) => {
      last += 1
      waiting.set(last, resolve)
      vm.run(`run(${last}, ${JSON.stringify(task)}, ${JSON.stringify(request)})`)
    })
  const { endpoints, audiences, app, build } = described
  const start = () => ask('start', { options: { endpoints, audiences, app, build } })
  void start()

  return {
    ask,
    crossings,
    async reload() {
      vm.kill()
      native.stdin.write(`${JSON.stringify({ call: 0, method: 'invalidate', request: '' })}\n`)
      vm = startVm()
      await start()
    },
    async kill() {
      vm.kill()
      native.kill('SIGKILL')
    },
  }
}
