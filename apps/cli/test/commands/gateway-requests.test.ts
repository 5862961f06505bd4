import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { attestedFields, waivedField } from '@assay/guard/node'
import { sendRaw } from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createProgram } from '../../src/program/program.ts'
import { startIssuer, type Issuer } from '../issuer.ts'

/** Requests of a gateway that nobody here has run, made after its documentation, and what the guard answers. */
interface Recorded {
  readonly documentation: string
  readonly requests: readonly {
    readonly name: string
    readonly kind: 'attestation' | 'access'
    /** Lines. `{token}`, `{access}` and `{proof METHOD PATH}` are made anew; with `ath`, for the access token. */
    readonly request: readonly string[]
    readonly status: number
    /** What the guard logs. */
    readonly code?: string
  }[]
}

const audience = 'https://api.example.com'
const names = Object.values(attestedFields).map((name) => name.toLowerCase())

let issuer: Issuer
beforeAll(async () => (issuer = await startIssuer(audience)))
afterAll(() => issuer.close())

async function serving(gateway: string, kind: string) {
  const [err, signals] = [new PassThrough(), new EventEmitter()]
  const args = [
    ...['guard', 'serve', '--issuer', issuer.issuer, '--audience', audience, '--app', 'com.example.app'],
    ...['--tier', 'affirming', '--port', '0', '--gateway', gateway, '--token-kind', kind],
  ]
  const program = await createProgram({ out: new PassThrough(), err }, {}, signals, args)
  const ended = program.parseAsync(args, { from: 'user' })
  let said = ''
  err.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await expect.poll(() => said).toContain('Guard at')
  return {
    port: Number(/Guard at http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1]),
    said: () => said,
    async stop() {
      signals.emit('SIGTERM')
      await ended
    },
  }
}

/** The bytes of a request with a token and proofs of now. */
async function bytesOf(lines: readonly string[]): Promise<string> {
  const { token, access, proof } = await issuer.phone()
  const made: string[] = []
  for (const line of lines) {
    let text = line.replace('{token}', token).replace('{access}', access)
    for (const [given, method = '', target = '', ath] of line.matchAll(/\{proof (\S+) ([^ }]+)( ath)?\}/g))
      text = text.replace(given, await proof(method, target, ath === undefined ? undefined : access))
    made.push(text)
  }
  return `${[...made, 'Connection: close'].join('\r\n')}\r\n\r\n`
}

describe.each(['envoy', 'traefik', 'apisix'])('requests made after the documentation of %s', (gateway) => {
  const file = path.join(import.meta.dirname, 'gateway-requests', `${gateway}.json`)
  const { requests } = JSON.parse(readFileSync(file, 'utf8')) as Recorded

  test.each(['attestation', 'access'] as const)(
    'with tokens of kind %s are answered as expected',
    async (kind) => {
      const guard = await serving(gateway, kind)
      for (const { name, request, status, code } of requests.filter((each) => each.kind === kind)) {
        const before = guard.said().length
        const [answer] = await sendRaw(guard.port, await bytesOf(request))
        expect({ name, status: answer?.status }).toEqual({ name, status })
        if (code !== undefined) expect(guard.said().slice(before), name).toContain(`${code} `)
        const fields = answer?.fields ?? {}
        if (status === 204) {
          // Whatever the caller says under these names is replaced: each is in the answer.
          expect(Object.keys(fields), name).toEqual(
            expect.arrayContaining([...names, waivedField.toLowerCase()]),
          )
          expect({ name, app: fields['assay-app'], waived: fields['assay-waived'] }).toEqual({
            name,
            app: 'com.example.app',
            waived: '',
          })
        } else for (const each of names) expect(fields[each], name).toBeUndefined()
        if (status === 401) expect(fields['www-authenticate'], name).toBeDefined()
      }
      await guard.stop()
    },
  )
})

test.each(['envoy', 'traefik', 'apisix'])(
  'the file of %s names every field of the answer, and never fails open',
  (gateway) => {
    const file = path.join(import.meta.dirname, '../../../../deploy/gateways', `${gateway}.yaml`)
    const text = readFileSync(file, 'utf8')
    expect(text).toContain('UNTRIED')
    for (const name of [...names, waivedField]) expect(text.toLowerCase()).toContain(name.toLowerCase())
    for (const [, value] of text.matchAll(
      /\b(?:failure_mode_allow|allow_degradation|trustForwardHeader): (\w+)/g,
    ))
      expect(value).toBe('false')
  },
)
