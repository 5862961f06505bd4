import { spawn, type ChildProcess } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'

/** An open shell: a command's folder and variables remain for the next command. */
export interface Terminal {
  /** Types `text` and waits for its end. @returns what it wrote. @throws Error when a command in it fails */
  run(text: string): Promise<string>
  /** Types `text` and waits until `isReady` says so of what it has written so far. @throws Error when it ends before */
  start(text: string, isReady: (output: string) => boolean): Promise<string>
  /** What was written since the last command was typed. */
  output(): string
  /** Ctrl-C, and closes the window: nothing that was started in it goes on. */
  close(): Promise<void>
}

export interface TerminalOptions {
  folder: string
  environment: Readonly<Record<string, string>>
  /** The file with the typed text while it runs. */
  scratch: string
  /** Milliseconds after which a command counts as hanging. */
  patience: number
}

let opened = 0

/** Bash that stops at the first command that fails. */
export function openTerminal({ folder, environment, scratch, patience }: TerminalOptions): Terminal {
  const number = ++opened
  const shell = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail'], {
    cwd: folder,
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  const ended = new Promise<void>((resolve) => shell.once('close', () => resolve()))
  let written = ''
  let notify = () => {}
  const take = (chunk: Buffer) => {
    written += chunk.toString()
    notify()
  }
  shell.stdout.on('data', take)
  shell.stderr.on('data', take)
  shell.once('exit', () => notify())
  let typed = 0

  async function type(text: string, isDone: (output: string, mark: string) => boolean): Promise<string> {
    const mark = `--- end of step ${++typed} ---`
    const script = path.join(scratch, `terminal-${number}-step-${typed}.sh`)
    await writeFile(script, text)
    written = ''
    shell.stdin.write(`source '${script}' </dev/null; echo; echo '${mark}'\n`)
    const hanging = AbortSignal.timeout(patience)
    hanging.addEventListener('abort', () => notify())
    while (!isDone(written, mark)) {
      if (hasEnded(shell)) throw new Error(`it failed:\n${written}`)
      if (hanging.aborted) throw new Error(`it did not come to its end in time:\n${written}`)
      await new Promise<void>((resolve) => (notify = resolve))
    }
    return written.replace(`\n${mark}\n`, '')
  }

  return {
    run: (text) => type(text, (output, mark) => output.includes(mark)),
    start: (text, isReady) => type(text, (output) => isReady(output)),
    output: () => written,
    async close() {
      if (!hasEnded(shell)) process.kill(-(shell.pid as number), 'SIGINT')
      shell.stdin.end()
      const late = setTimeout(() => process.kill(-(shell.pid as number), 'SIGKILL'), 15_000)
      await ended
      clearTimeout(late)
    },
  }
}

function hasEnded(shell: ChildProcess): boolean {
  return shell.exitCode !== null || shell.signalCode !== null
}
