import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { shardIndexOf, statusListPath, type VerificationJwk } from '@assay/protocol'
import { createNodeCrypto } from '@assay/guard/node'
import { checkStatus } from '../../src/remote/remote-status.ts'
import { createStaticKeys, describeKeys } from '../../src/token/issuer-keys.ts'
import type { AttestedApp } from '../../src/token/token-claims.ts'

interface Question {
  op: 'place' | 'list'
  name: string
  count: number
  now: number
  issuer: string
  audience: string
  clock_tolerance: number
  jwks: { keys: VerificationJwk[] }
  list: string
  /** By digest; null: there is none. */
  files: Record<string, string | { zeros: number } | null>
  asked: Pick<AttestedApp, 'app' | 'build' | 'installation'>[]
}
interface VectorCase {
  id: string
  input: Question
  output?: unknown
  error?: string
}

const file = new URL('../../../../shared/vectors/guards/status-lists.json', import.meta.url)
/** What the service makes of names (`split`) is its own to test. */
const { cases: all, floor } = JSON.parse(readFileSync(file, 'utf8')) as {
  cases: VectorCase[]
  floor: { accepted: number; refused: number }
}

const cases = all.filter(({ input }) => (input.op as string) !== 'split')
const crypto = createNodeCrypto()

async function answer(question: Question): Promise<unknown> {
  switch (question.op) {
    case 'place': {
      const hash = Buffer.from(await crypto.sha256(question.name), 'base64url')
      return { prefix: hash.subarray(0, 8).toString('hex'), index: shardIndexOf(hash, question.count) }
    }
    case 'list':
      return judge(question)
  }
}

async function judge(question: Question): Promise<unknown> {
  const { now, issuer, audience, jwks, list, files, asked } = question
  const answerOf = (url: string): Response => {
    const file = files[url.slice(url.lastIndexOf('/') + 1)]
    if (url === issuer + statusListPath(audience)) return new Response(list)
    if (file === undefined || file === null) return new Response(null, { status: 404 })
    return new Response(
      new Uint8Array(typeof file === 'string' ? Buffer.from(file, 'base64url') : Buffer.alloc(file.zeros)),
    )
  }
  const status = checkStatus(
    { fetch: async (url) => answerOf(url) },
    {
      crypto,
      keys: createStaticKeys(crypto, describeKeys({ ...jwks } as never)),
      expected: { issuer, audience, clockTolerance: question.clock_tolerance },
    },
    { clock: () => now * 1000, admitsPlainHttp: false, onFault: undefined, compare: (fetch) => fetch },
  )
  const decisions: string[] = []
  for (const one of asked) decisions.push((await status.faultOf(one as AttestedApp, now)) ?? 'ok')
  return decisions
}

test.each(cases.map((one) => [one.id, one] as const))('%s', async (_, { input, output, error }) => {
  if (error === undefined) expect(await answer(input)).toEqual(output)
  else
    await expect(answer(input)).rejects.toMatchObject({ code: 'STATUS_LIST_FAILED', cause: { code: error } })
})

test('there are as many as there must be', () => {
  expect(all.filter(({ error }) => error === undefined).length).toBeGreaterThanOrEqual(floor.accepted)
  expect(all.filter(({ error }) => error !== undefined).length).toBeGreaterThanOrEqual(floor.refused)
})
