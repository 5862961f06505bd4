#!/usr/bin/env node
import { run } from './program/run.ts'

for (const stream of [process.stdout, process.stderr]) {
  // The reader may stop reading, as `head` does: then there is nothing more to print.
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 4))
}

process.exitCode = await run(
  process.argv.slice(2),
  { out: process.stdout, err: process.stderr, in: process.stdin },
  process.env,
  process,
)
