import { fileURLToPath } from 'node:url'
import type { Runner } from './run-runner.ts'

const file = (location: string) => fileURLToPath(new URL(location, import.meta.url))

/** The TypeScript SDK, built. */
export const typescriptRunner: Runner = {
  command: process.execPath,
  args: [file('../../dist/runner/main.js')],
}
