import { createElement } from 'react'
import { act, create } from 'react-test-renderer'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { AssayProvider } from '../../src/react/provider.ts'
import { useAttestation, type Attestation } from '../../src/react/use-attestation.ts'
import { idle, setWorld } from '../fake/world.ts'

describe('useAttestation', () => {
  beforeEach(() => {
    ;(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true
  })

  it('shows each state that follows, and tries again', async () => {
    const { assay, answers } = setWorld()
    const seen: string[] = []
    let latest: Attestation | undefined
    function Screen() {
      latest = useAttestation()
      seen.push(`${latest.state} ${latest.error?.code ?? ''}`.trim())
      return null
    }
    await act(async () => void create(createElement(AssayProvider, { assay }, createElement(Screen))))
    expect(seen).toEqual(['idle'])
    answers.getToken = { error: { code: 'network' } }
    await act(async () => {
      await latest?.retry()
      await idle()
    })
    const good = { value: { audience: 'a', token: 't', expiresIn: 1, trace: 'T' } }
    answers.getToken = good
    await act(async () => {
      await latest?.retry()
      await idle()
    })
    expect(seen).toEqual(['idle', 'failing network', 'attested'])
  })

  it('needs a provider', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const Screen = () => {
      useAttestation()
      return null
    }
    await expect(act(async () => void create(createElement(Screen)))).rejects.toThrow('AssayProvider')
    error.mockRestore()
  })
})
