import { describe, expect, test } from 'vitest'
import { judged, mintPop, mintProof, mintToken, newGuard } from '../minting.ts'

/** How a `#` may stand in a target that names the resource of the proof, for a reader that cuts it off. */
const targets = [
  '/v1/orders#',
  '/v1/orders#/../admin',
  '/v1/orders?page=2#x',
  'https://api.example.com/v1/orders#x',
]

describe.each(targets)('the target %s', (url) => {
  test('is refused with DPoP, though the proof names the path before it', async () => {
    expect(await judged(newGuard(), { url, proof: mintProof() })).toBe('REQUEST_TARGET_UNUSABLE')
    expect(await judged(newGuard(), { url: url.replace(/#.*/, ''), proof: mintProof() })).toBe('ok')
  })

  test('is refused with a PoP JWT, which covers no target', async () => {
    const guard = newGuard({ proofs: ['attestation_pop_jwt'] })
    const parts = { proof: undefined, pop: mintPop() }
    expect(await judged(guard, { url, ...parts })).toBe('REQUEST_TARGET_UNUSABLE')
    expect(await judged(guard, { url: url.replace(/#.*/, ''), proof: undefined, pop: mintPop() })).toBe('ok')
  })

  test('is refused without proofs', async () => {
    const guard = newGuard({ mode: 'bearer' })
    const parts = { proof: undefined, token: mintToken({ claims: { mode: 'bearer' } }) }
    expect(await judged(guard, { url, ...parts })).toBe('REQUEST_TARGET_UNUSABLE')
    expect(await judged(guard, { url: url.replace('#', '%23'), ...parts })).toBe('ok')
  })
})
