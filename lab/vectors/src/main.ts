import { formats } from './formats.ts'
import { runVectors } from './run-vectors.ts'

const location = process.argv[2]
if (location === undefined || process.argv.length > 3) {
  process.stderr.write('usage: npm run vectors -- DIR\n')
  process.exitCode = 2
} else {
  try {
    const { passed, failed } = await runVectors(location, formats, (line) =>
      process.stdout.write(`${line}\n`),
    )
    // No vector at all proves nothing.
    if (failed > 0 || passed === 0) process.exitCode = 1
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
