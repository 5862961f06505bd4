import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseGuide } from '../../src/guides/parse-guide.ts'
import { createReader, type Reader } from '../../src/guides/reader.ts'

let folder: string
let reader: Reader

beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'assay-reader-')))
  reader = createReader({
    clone: folder,
    home: folder,
    scratch: folder,
    values: { apk: 'mine.apk', package: 'org.mine' },
    browse: async (url, isShown) => (isShown(`page of ${url}`) ? `page of ${url}` : 'something else'),
  })
})
afterEach(async () => {
  await reader.leave()
  await rm(folder, { recursive: true, force: true })
})

async function follow(...lines: string[]) {
  const outcomes = []
  for (const step of parseGuide(lines.join('\n'))) outcomes.push(await reader.follow(step))
  return outcomes
}

describe('createReader', () => {
  it('keeps folder and variables from one block to the next', async () => {
    const commands = ['```sh', 'mkdir sub', 'cd sub', 'export A=1', '```', '```sh', 'echo "$A $(pwd)"', '```']
    expect(await follow(...commands, '```text', '1 …/sub', '```')).toEqual([{ ok: true }, { ok: true }])
  })

  it('saves files where the first terminal is', async () => {
    await follow(
      '```sh',
      'mkdir sub',
      'cd sub',
      '```',
      '```js',
      '// api.js',
      'const app = "com.example.app"',
      '```',
    )
    expect(await readFile(path.join(folder, 'sub/api.js'), 'utf8')).toBe(
      '// api.js\nconst app = "org.mine"\n',
    )
  })

  it('prefers a folder of programs in the first terminal and in those that are opened after', async () => {
    const programs = path.join(folder, 'programs')
    await mkdir(programs)
    await writeFile(path.join(programs, 'whoami'), '#!/bin/sh\necho preferred\n', { mode: 0o755 })
    const first = ['```sh', 'whoami', '```', '```text', 'preferred', '```']
    expect((await follow(...first))[0]).toMatchObject({ ok: false })
    await reader.prefer(programs)
    const second = ['In a second terminal:', '```sh', 'whoami; sleep 5', '```', '```text', 'preferred', '```']
    expect(await follow(...first, ...second)).toEqual([{ ok: true }, { ok: true }])
  })

  it('leaves running what another terminal started, until it is used again', async () => {
    const serve = 'trap "exit 0" INT; echo up; while true; do sleep 0.05; done'
    const second = ['In a second terminal:', '```sh', 'echo $$ > pid', serve, '```', '```text', 'up', '```']
    const again = [
      'In the second terminal, after Ctrl-C:',
      '```sh',
      'echo up again',
      '```',
      '```text',
      'up again',
      '```',
    ]
    const alive = ['```sh', 'kill -0 $(cat pid)', '```']
    const dead = ['```sh', '! kill -0 $(cat pid) 2> /dev/null', '```']
    const outcomes = await follow(...second, ...alive, ...again, ...dead)
    expect(outcomes).toEqual([{ ok: true }, { ok: true }, { ok: true }, { ok: true }])
  })

  it('ends what runs in a terminal by Ctrl-C, and knows when nothing does', async () => {
    const serve = 'trap "echo stopped > last; exit 0" INT; echo up; while true; do sleep 0.05; done'
    const second = ['In a second terminal:', '```sh', serve, '```', '```text', 'up', '```']
    const press = 'Press Ctrl-C in the second terminal.'
    const look = ['```sh', 'cat last', '```', '```text', 'stopped', '```']
    expect(await follow(...second, press, ...look, press)).toEqual([
      { ok: true },
      { ok: true },
      { ok: true },
      { ok: false, reason: 'nothing runs in the second terminal' },
    ])
  })

  it('fails where a command fails, or shows something else', async () => {
    expect(await follow('```sh', 'echo before', 'false', 'echo after', '```')).toMatchObject([
      { ok: false, reason: expect.stringMatching(/before\n$/) },
    ])
  })

  it('fails where something else is shown', async () => {
    expect(await follow('```sh', 'echo one', '```', '```text', 'two', '```')).toMatchObject([
      { ok: false, reason: expect.stringContaining('it does not show "two"') },
    ])
    expect(await follow('Open <http://127.0.0.1/>', '```text', 'a shop', '```')).toMatchObject([
      { ok: false },
    ])
  })

  it('fails where a program in another terminal ends before it showed what it should', async () => {
    const commands = ['In a second terminal:', '```sh', 'echo down', 'exit 3', '```', '```text', 'up', '```']
    expect(await follow(...commands)).toMatchObject([{ ok: false, reason: expect.stringContaining('down') }])
  })

  it('has an environment of its own', async () => {
    expect(
      await follow(
        '```sh',
        'echo "$HOME ${npm_lifecycle_event-none}"',
        '```',
        '```text',
        `${folder} none`,
        '```',
      ),
    ).toEqual([{ ok: true }])
  })
})
