import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { paths, type AttestationResponse } from '@assay/protocol'
import type { CreatedDevelopmentSecret } from '@assay/protocol/schemas'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cli } from '../fake-service.ts'

const { bin } = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8')) as {
  bin: { assay: string }
}
const program = path.resolve(import.meta.dirname, '../..', bin.assay)
const folder = mkdtempSync(path.join(os.tmpdir(), 'assay-cli-dev-'))
let child: ChildProcess
let said = ''
let url = ''

/** As a developer starts it: in an empty folder, with nothing made before. */
beforeAll(async () => {
  child = spawn(process.execPath, [program, 'serve', '--dev', '--port', '0', '--log-level', 'silent'], {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  while (!said.includes('develop-and-test.md')) await once(child.stderr as Readable, 'data')
  url = /Attestation service at (\S+)\. /.exec(said)?.[1] ?? ''
})
afterAll(async () => {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
  rmSync(folder, { recursive: true, force: true })
})

test('says once whether its Node gets security fixes', () => {
  const isOn20 = process.versions.node.startsWith('20.')
  expect(said.split('no security fixes')).toHaveLength(isOn20 ? 2 : 1)
})

const adminKeyFile = path.join(folder, 'assay-admin.key')
const assay = (line: string, more: { stdin?: string } = {}) =>
  cli(
    line.replaceAll('"$USER"', 'Ada').split(' '),
    { ASSAY_URL: url, ASSAY_API_KEY_FILE: adminKeyFile },
    more,
  )

test('`serve --dev` makes what is missing, and what it says to do next works as it stands', async () => {
  expect(existsSync(adminKeyFile)).toBe(true)
  expect(statSync(adminKeyFile).mode & 0o077).toBe(0)
  expect(said).toContain(`${url}${paths.developmentJwks}`)
  const commands = [...said.matchAll(/^ {2}assay (.+)$/gm)].map(([, command]) => command as string)
  expect(commands).toHaveLength(3)
  let secret = ''
  for (const command of commands) {
    const done = await assay(command)
    expect(done).toMatchObject({ status: 0 })
    secret = done.stdout.trim()
  }
  expect(secret).toMatch(/^assaydev_/)
  const token = await developmentToken(secret)
  // Whoever reads the JWKS of production alone does not know the key.
  const judged = await assay('token verify - --json', { stdin: token })
  expect(judged).toMatchObject({ status: 1 })
  expect((JSON.parse(judged.stdout) as { faults: { code: string }[] }).faults).toContainEqual(
    expect.objectContaining({ code: 'TOKEN_KEY_UNKNOWN' }),
  )
  expect((await assay('doctor')).stdout).toContain('DOCTOR_DEVELOPMENT_SECRET')
})

test('a secret that was revoked gives no more tokens', async () => {
  const made = await assay('development add --app com.example.dev --name pipeline --json')
  const { id, secret } = JSON.parse(made.stdout) as CreatedDevelopmentSecret
  expect(await developmentToken(secret)).not.toBe('')
  expect(await assay(`development revoke ${id} --yes`)).toMatchObject({ status: 0 })
  await expect(developmentToken(secret)).rejects.toThrow('development_refused')
  expect((await assay('development list')).stdout).toMatch(new RegExp(`^${id} .*revoked`, 'm'))
})

test('`serve --dev` serves nobody but this machine', async () => {
  for (const host of ['0.0.0.0', '192.0.2.1', '::'])
    expect(await cli(['serve', '--dev', '--host', host, '--data', path.join(folder, 'other')])).toMatchObject(
      {
        status: 2,
        stderr: expect.stringContaining('[CLI_USAGE]'),
      },
    )
  expect(existsSync(path.join(folder, 'other'))).toBe(false)
})

async function developmentToken(secret: string): Promise<string> {
  const { x, y } = fixedKeyPair('P-256', 'developer').publicKey.export({ format: 'jwk' })
  const body = {
    ...{ v: 1, app: 'com.example.dev', build: 'dev', sdk: 'test/0.0.0' },
    ...{ audiences: ['http://127.0.0.1:3000'], secret, key: { kty: 'EC', crv: 'P-256', x, y } },
  }
  const answer = await fetch(url + paths.developmentTokens, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const json = (await answer.json()) as AttestationResponse & { code?: string }
  if (!answer.ok) throw new Error(json.code)
  return json.tokens[0]?.token ?? ''
}
