import { fileURLToPath } from 'node:url'
import type { Runner } from './run-runner.ts'

const file = (location: string) => fileURLToPath(new URL(location, import.meta.url))

/** The TypeScript SDK, built. */
export const typescriptRunner: Runner = {
  command: process.execPath,
  args: [file('../../../dist/wire/runner/main.js')],
}

/** The reader in Python, which shows that documents and vectors are enough to write an SDK. */
export const pythonReader: Runner = { command: 'python3', args: [file('../../../reader.py')] }

/** What the reader in Python reads; it is not an SDK. */
export const pythonFamilies = ['encodings', 'plans', 'folds', 'client-data'] as const

/** A verifier in Python, written from docs/verifiers.md alone: it answers `requests`. It needs python3-cryptography. */
export const pythonVerifier: Runner = { command: 'python3', args: [file('../../../verifier.py')] }

/** The guard, built: it answers `requests`. */
export const guardRunner: Runner = {
  command: process.execPath,
  args: [file('../../../dist/requests/running/runner.entry.js')],
}
