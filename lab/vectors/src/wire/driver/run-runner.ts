import { spawn } from 'node:child_process'
import { linesOf } from '@assay/testkit/lines'
import type { Answer, Question } from './contract.ts'

/** A program that answers questions, as `packages/shared/vectors/README.md` says. */
export interface Runner {
  readonly command: string
  readonly args?: readonly string[]
  readonly cwd?: string
  /** Milliseconds for all questions together. Default 600,000. */
  readonly timeout?: number
}

/**
 * Starts the runner, writes all questions, ends its standard input and reads what it answers until it ends. Its standard
 * error goes to ours.
 *
 * @returns answers by id: none for a question that it left out
 * @throws Error when it cannot be started, is too slow, ends with another code than 0 or writes what is no answer
 */
export async function askRunner(
  { command, args = [], cwd, timeout = 600_000 }: Runner,
  questions: readonly Question[],
): Promise<ReadonlyMap<string, Answer>> {
  const child = spawn(command, args, { cwd, stdio: ['pipe', 'pipe', 'inherit'], timeout })
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${command}: ended with ${code ?? signal ?? 'no code'}`)),
    )
  })
  // A runner that ends early closes the pipe; that it ended is the fault to tell.
  child.stdin.on('error', () => undefined)
  child.stdin.end(questions.map((question) => `${JSON.stringify(question)}\n`).join(''))
  const answers = new Map<string, Answer>()
  const reading = (async () => {
    for await (const line of linesOf(child.stdout)) {
      if (line.trim() === '') continue
      const answer = JSON.parse(line) as Answer
      answers.set(answer.id, answer)
    }
  })()
  try {
    await Promise.all([ended, reading])
    return answers
  } finally {
    // One that answers what is no JSON goes on otherwise.
    child.kill('SIGKILL')
  }
}
