import { expect, test, vi } from 'vitest'
import { createNodeGuard } from '@assay/guard/node'
import { codeOf, guardOptions, mintProof, mintStatusList, mintToken, newRequest, now } from '../minting.ts'

test('a guard on Node warns of a list that cannot be renewed, with the count', async () => {
  const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  let at = now
  let answer = async () => new Response(mintStatusList(), { headers: { ETag: '"1"' } })
  const guard = createNodeGuard({
    ...guardOptions({ clock: () => at * 1000 }),
    statusList: { fetch: async () => answer() },
  })
  const ask = async () => {
    const token = mintToken({ claims: { iat: at - 5, exp: at + 295 } })
    return codeOf(await guard.verify(newRequest({ token, proof: mintProof({ claims: { iat: at } }) })))
  }
  try {
    expect(await ask()).toBe('ok')
    expect(emitWarning).not.toHaveBeenCalled()
    answer = async () => {
      throw new TypeError('fetch failed')
    }
    at += 40
    expect(await ask()).toBe('ok')
    expect(emitWarning).toHaveBeenCalledExactlyOnceWith(
      'the status list is 40 s old; requests judged by outdated lists: 1',
      { code: 'ASSAY_STATUS_LIST_STALE' },
    )
  } finally {
    emitWarning.mockRestore()
  }
})
