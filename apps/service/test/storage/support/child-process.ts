import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach } from 'vitest'

const loader = fileURLToPath(new URL('typescript-loader.mjs', import.meta.url))

export interface Child {
  /** Lines of its standard output that were whole when they came. */
  readonly lines: AsyncIterableIterator<string>
  /** As `kill -9`: it gets no chance to tidy up. Resolves once it is gone. */
  kill(): Promise<void>
}

/** Starts TypeScript programs; what a test leaves running is killed after it. */
export function childProcesses(): (program: string, ...args: string[]) => Child {
  const running = new Set<ChildProcess>()
  afterEach(() => {
    for (const child of running) child.kill('SIGKILL')
  })
  return (program, ...args) => {
    const options = ['--import', loader, '--conditions=@assay/source']
    const child = spawn(process.execPath, [...options, program, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    running.add(child)
    const gone = once(child, 'close').then(() => running.delete(child))
    return {
      lines: createInterface({ input: child.stdout })[
        Symbol.asyncIterator
      ]() as AsyncIterableIterator<string>,
      async kill() {
        child.kill('SIGKILL')
        await gone
      },
    }
  }
}
