import { existsSync } from 'node:fs'
import { formats } from './formats.ts'
import { runVectors } from './run-vectors.ts'

const [location, ...more] = process.argv.slice(2)
if (location === undefined || more.length > 0) {
  process.stderr.write('usage: npm run vectors -- DIR\n')
  process.exitCode = 2
} else if (!existsSync(location)) {
  process.stderr.write(`there is no file or folder ${location}\nusage: npm run vectors -- DIR\n`)
  process.exitCode = 2
} else {
  try {
    const { passed, failed } = await runVectors(location, formats, (line) =>
      process.stdout.write(`${line}\n`),
    )
    // A run without vectors proves nothing.
    if (failed > 0 || passed === 0) process.exitCode = 1
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
