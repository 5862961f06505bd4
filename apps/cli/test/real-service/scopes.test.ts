import path from 'node:path'
import { PassThrough } from 'node:stream'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Command } from 'commander'
import { createDevice } from '@assay/testkit'
import { apiKeyScopes } from '@assay/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createProgram } from '../../src/program/program.ts'
import { cli } from '../fake-service.ts'
import { imageOf, realService, writeScripts, type RealService } from './a-real-service.ts'

const app = 'com.example.web'
const audience = 'https://api.example.com'
const scripts = { 'main.js': `/* ${'a'.repeat(9000)} */ show(1)` }
let service: RealService
let trace = ''
const secrets = new Map<string, string>()

/** Requests that the service refused, of those that pass through. */
let refused: string[] = []
let front: http.Server

beforeAll(async () => {
  service = await realService()
  const folder = writeScripts(path.join(service.folder, 'dist'), scripts)
  for (const line of [
    ['app', 'add', app, '--platform', 'web', '--references'],
    ['build', 'add', folder, '--app', app, '--id', '1', '--version-code', '1'],
    ['api', 'add', audience, '--app', app, '--tier', 'affirming'],
  ])
    expect((await service.assay(line)).status, line.join(' ')).toBe(0)
  for (const scope of apiKeyScopes.filter((one) => one !== 'provenance')) {
    const ofApps = scope === 'support' || scope === 'registration' ? ['--app', app] : []
    const made = await service.assay(['key', 'add', '--name', scope, '--scope', scope, ...ofApps, '--json'])
    secrets.set(scope, (JSON.parse(made.stdout) as { secret: string }).secret)
  }
  const device = await createDevice({
    ...{ apk: imageOf(scripts), endpoint: service.url, app, build: '1' },
    audiences: { [audience]: audience },
  })
  await device.client.getToken().catch(() => undefined)
  device.close()
  ;({ trace } = device.exchanges.at(-1)?.response as { trace: string })
  // One that is not written yet is found, too.
  expect((await service.assay(['attestation', 'show', trace])).status).toBe(0)
  front = http.createServer((request, response) => {
    const onward = http.request(
      new URL(request.url ?? '/', service.url),
      { method: request.method, headers: request.headers },
      (answer) => {
        if (answer.statusCode === 403) refused.push(`${request.method} ${request.url}`)
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  front.closeAllConnections()
  front.close()
  await service.close()
})

/** Commands that read. `undefined`: it asks no service with a key, changes something, or does not end by itself. */
const lines: Readonly<Record<string, readonly string[] | undefined>> = {
  'app list': [],
  'app evidence': [app],
  'build list': ['--app', app],
  'build show': ['1', '--app', app],
  'build diff': ['1', '1', '--app', app],
  'api list': [],
  'policy list': [],
  'policy show': ['balanced'],
  'policy versions': ['balanced'],
  'policy compare': undefined,
  'boot-keys list': [],
  'boot-keys show': undefined,
  'key list': [],
  'development list': [],
  'attestation list': ['--app', app],
  'attestation show': ['TRACE'],
  'audit list': [],
  'audit show': ['1'],
  'audit verify': [],
  status: [],
  rollout: [app, '--build', '1'],
  stats: ['--app', app],
  'allow list': ['--app', app],
  'ban list': ['--app', app],
  'installation list': ['--app', app],
  'installation show': ['--trace', 'TRACE'],
  find: ['reads', 'out', 'TRACE'],
  doctor: ['TRACE'],
}
/** Words of commands that change something, run for long, or ask nothing of the service with a key. */
const others =
  /^(init|serve|migrate-store|upgrade|upgrade-check|backup|restore|guard .*|token .*|explain|inspect|completion.*|signing-key .*|attestation watch)$|\b(add|set|update|remove|revoke|retire|restore|activate|stamp|test|check|put|rollback|let-through|forget|example|verify|import|fetch|enforce|observe|release|diff|secret)\b/

/** Words of a command that found nothing: false where the key only may not see it. */
const claims = /not registered|of 0 attestations|^ *None\.$|No (app|API) is/m

const leaves = (command: Command, above = ''): string[] =>
  command.commands.flatMap((one) => {
    const name = `${above} ${one.name()}`.trim()
    return one.commands.length === 0 ? [name] : leaves(one, name)
  })

test('every command that reads has a line here', async () => {
  const program = await createProgram({ out: new PassThrough(), err: new PassThrough() }, {}, process, [])
  expect(leaves(program).filter((name) => !(name in lines) && !others.test(name))).toEqual([])
  expect(Object.keys(lines).filter((name) => !leaves(program).includes(name))).toEqual([])
})

describe.each(apiKeyScopes.filter((one) => one !== 'provenance'))('with a key of scope %s', (scope) => {
  test.each(Object.entries(lines).filter(([, given]) => given !== undefined))(
    '%s takes nothing that the key may not see for missing',
    async (name, given = []) => {
      refused = []
      const args = [...name.split(' '), ...given].map((word) => (word === 'TRACE' ? trace : word))
      const { port } = front.address() as AddressInfo
      const done = await cli(args, {
        ASSAY_API_KEY: secrets.get(scope) ?? '',
        ASSAY_URL: `http://127.0.0.1:${port}`,
      })
      if (refused.length > 0) {
        expect(done.stdout + done.stderr).toMatch(
          /\[scope_insufficient\]|This key may not read|Your key does not see/,
        )
      } else expect(done.stdout).not.toMatch(claims)
      // A support key is never refused the commands that it is made for.
      if (scope === 'support' && /^(doctor|find|installation|attestation|ban|allow)/.test(name))
        expect(refused).toEqual([])
    },
  )
})
