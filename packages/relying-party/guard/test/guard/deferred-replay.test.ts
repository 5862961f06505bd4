import { createDeferredReplay, refuseProof } from '@assay/guard'
import { expect, test } from 'vitest'
import { mintProof, newGuard, newRequest, now } from '../minting.ts'

test('a guard over the deferred store leaves the proof of each request, once, to whoever takes it', async () => {
  const { store, take } = createDeferredReplay()
  const guard = newGuard({ replayStore: store })
  expect(guard.singleUse).toBe('once')
  const proof = mintProof({ claims: { jti: 'the-same-proof' } })
  const requests = [newRequest({ proof }), newRequest({ proof })] as const
  for (const request of requests) expect(await guard.verify(request)).toMatchObject({ ok: true })
  const [first, second] = requests.map(take)
  expect(first).toMatchObject({
    key: expect.stringMatching(/ the-same-proof$/),
    holder: { tier: 'warning' },
  })
  expect(first?.expiresAt).toBeGreaterThan(now)
  expect(second).toEqual(first)
  expect(take(requests[0])).toBeUndefined()
})

test('a proof that was refused is not left', async () => {
  const { store, take } = createDeferredReplay()
  const request = newRequest({ proof: mintProof({ claims: { iat: now - 3_600 } }) })
  expect(await newGuard({ replayStore: store }).verify(request)).toMatchObject({ code: 'PROOF_TOO_OLD' })
  expect(take(request)).toBeUndefined()
})

test.each([
  [false, 'PROOF_REPLAYED', 401],
  ['forgotten', 'PROOF_TOO_OLD', 401],
  ['share_spent', 'PROOF_SHARE_SPENT', 429],
] as const)('the answer %s of the store refuses it as the guard does: %s', async (answer, code, status) => {
  const admitted = await newGuard().verify(newRequest())
  const refused = await newGuard({ replayStore: { shared: true, addIfAbsent: () => answer } }).verify(
    newRequest(),
  )
  if (!admitted.ok || refused.ok || refused.kind !== 'refused') throw new Error('unexpected')
  const mine = refuseProof(answer, admitted)
  expect(mine).toMatchObject({ code, status, headers: refused.headers, body: refused.body })
  expect(mine.attested).toMatchObject({ installation: admitted.installation })
})
