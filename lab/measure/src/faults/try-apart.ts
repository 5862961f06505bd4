import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { TrialMessage, TrialOrder } from './trial.process.ts'
import { inPieces, type Trial } from './try-fault.ts'

/** Minutes after which a row counts as hanging. */
const most = 30
/** Milliseconds that it then has to stop what it has started. */
const toEnd = 20_000

const mostSaid = 4_096

const trialProgram = new URL('./trial.process.js', import.meta.url).pathname

/** Tries a fault in a separate process. However that process ends, there is a trial. */
export async function tryApart(
  order: TrialOrder,
  tell: (line: string) => void,
  program: string = trialProgram,
): Promise<Trial> {
  // Some figures are infinite, which JSON cannot express.
  const child = fork(program, [JSON.stringify(order)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  })
  const exited = once(child, 'exit')
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-mostSaid)))
  let trial: Trial | undefined
  child.on('message', (message: TrialMessage) => {
    if ('tell' in message) tell(message.tell)
    else trial = message.trial
  })
  let isLate = false
  const late = setTimeout(() => {
    isLate = true
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), toEnd).unref()
  }, most * 60_000)
  await exited
  clearTimeout(late)
  if (isLate) return { outcome: inPieces(`not within ${most} minutes`) }
  return trial ?? { outcome: inPieces(/^\S*Error.*$/m.exec(said)?.[0] ?? said) }
}
