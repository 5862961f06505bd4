import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { buildReaderProgram } from '../../../../src/composition/builds.feature.ts'

const program = fileURLToPath(buildReaderProgram)
const script = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`

/** Writes the URL of each module to standard error as it is loaded. */
const hooks = script(`
import { writeSync } from 'node:fs'
export const load = (url, context, next) => (writeSync(2, url + '\\n'), next(url, context))
`)
const preload = script(`import { register } from 'node:module'; register(${JSON.stringify(hooks)})`)

/** What the process has loaded before the first build comes. It ends by itself where no service speaks to it. */
function loadedFor(format: string): string {
  const { stderr, status } = spawnSync(
    process.execPath,
    ['--import', preload, program, os.tmpdir(), format],
    { encoding: 'utf8' },
  )
  expect(status).toBe(0)
  return stderr
}

it('loads only the format that is expected, and no installed package', () => {
  const apk = loadedFor('apk')
  expect(apk).toMatch(/\/read-apk-\w+\.mjs$/m)
  expect(apk).not.toMatch(/\/read-(ipa|web)/)
  expect(apk).not.toContain('node_modules')
  expect(loadedFor('web')).toMatch(/\/read-web-build-\w+\.mjs$/m)
})

it('loads none of the libraries that only the service needs', () => {
  const licences = readFileSync(path.join(path.dirname(program), 'licenses.txt'), 'utf8')
  const names = [...licences.matchAll(/^(\S+) \d+\.\d+\.\d+: /gm)].map(([, name]) => name)
  expect(names).toEqual([
    '@bufbuild/protobuf',
    'entities',
    'es-module-lexer',
    'lru-cache',
    'parse5',
    'saxes',
    'xmlchars',
  ])
})
