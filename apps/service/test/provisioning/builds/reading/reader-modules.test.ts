import { spawnSync } from 'node:child_process'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { buildReaderProgram } from '../../../../src/composition/compose-builds.ts'

const script = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`

/** Writes the URL of each module to standard error as it is loaded. */
const hooks = script(`
import { writeSync } from 'node:fs'
export const load = (url, context, next) => (writeSync(2, url + '\\n'), next(url, context))
`)
const preload = script(`import { register } from 'node:module'; register(${JSON.stringify(hooks)})`)

/** What the process has loaded before the first build comes. It ends by itself where no service speaks to it. */
function loadedFor(format: string): string {
  const program = fileURLToPath(buildReaderProgram)
  const { stderr, status } = spawnSync(
    process.execPath,
    ['--import', preload, program, os.tmpdir(), format],
    { encoding: 'utf8' },
  )
  expect(status).toBe(0)
  return stderr
}

it('reads the format that is expected, and brings nothing else of the service with it', () => {
  const apk = loadedFor('apk')
  expect(apk).toContain('/apk/read-apk.js')
  expect(apk).not.toMatch(/\/(ipa|web)\/read-/)
  expect(apk).not.toMatch(/node_modules\/(kysely|better-sqlite3|pg|zod|fastify|parse5)\//)
  expect(loadedFor('web')).toMatch(/node_modules\/parse5\//)
})
