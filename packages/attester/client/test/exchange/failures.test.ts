import type { ChallengeRequest } from '@assay/protocol'
import { describe, expect, it } from 'vitest'
import { nodeKeyStore } from '../../src/node/key-store.ts'
import { problem } from '../fake/fake-service.ts'
import { audience, codeOf, fakeWorld, type World } from '../fake/fake-world.ts'

const reports = ({ service }: World) =>
  service.bodies('/v1/challenges').map((body) => (JSON.parse(body) as ChallengeRequest).failures)

/** Another call, later, when the pause after a failure is over. */
async function later({ client, time }: World) {
  await time.advance(70_000)
  return codeOf(time.settle(client.getToken(audience, { forceRefresh: true })))
}

describe('what failed before the service heard of it', () => {
  it('is reported with the next challenge request, by its codes, until one is answered', async () => {
    const world = fakeWorld()
    world.service.down.add('attest.example')
    expect(await later(world)).toBe('network')
    world.service.down.clear()
    await later(world)
    await later(world)
    // The first three are attempts of the exchange that failed.
    expect(reports(world)).toEqual([undefined, undefined, undefined, ['network'], undefined])
  })

  it('of a page names the origin that may be missing, since a browser does not say what failed', async () => {
    const world = fakeWorld()
    const failing = world.another({
      baseUrl: 'https://app.example.com/orders',
      fetch: () => Promise.reject(new TypeError('Failed to fetch')),
    })
    await expect(world.time.settle(failing.getToken())).rejects.toMatchObject({
      code: 'network',
      cause: { message: 'no connection, or an API without --origin https://app.example.com' },
    })
  })

  it('names the code of the cause where that has one', async () => {
    const world = fakeWorld()
    const cause = Object.assign(new Error('no'), { code: 'PLAN_SEGMENT' })
    let isBroken = true
    const client = world.another({
      image: () => {
        if (isBroken) throw cause
        return { segments: [], read: () => new Uint8Array() }
      },
    })
    expect(await codeOf(client.getToken())).toBe('plan_refused')
    isBroken = false
    await world.time.advance(70_000)
    await codeOf(client.getToken())
    expect(reports(world)[1]).toEqual(['plan_refused:PLAN_SEGMENT'])
  })

  it.each(['with spaces', 'x'.repeat(60), 'ERR\n', 7])(
    'leaves out a cause whose code is %j',
    async (code) => {
      const world = fakeWorld()
      const cause = Object.assign(new Error('no'), { code })
      const failing = world.another({ image: () => Promise.reject(cause) })
      expect(await codeOf(failing.getToken())).toBe('measurement_failed')
      await world.time.advance(70_000)
      await codeOf(failing.getToken())
      expect(reports(world)[1]).toEqual(['measurement_failed'])
    },
  )

  it('is four different codes at most, the newest ones', async () => {
    const world = fakeWorld()
    const codes = ['C0', 'C1', 'C1', 'C2', 'C3', 'C4']
    const inner = nodeKeyStore()
    const fail = () => {
      const code = codes.shift()
      return code === undefined ? inner.open() : Promise.reject(Object.assign(new Error(), { code }))
    }
    const client = world.another({ keyStore: { open: () => Promise.reject(new Error()), renew: fail } })
    while (codes.length > 0) {
      expect(await codeOf(client.getToken())).toBe('key_store_failed')
      await world.time.advance(70_000)
    }
    await client.getToken()
    expect(reports(world)).toEqual([['C1', 'C2', 'C3', 'C4'].map((code) => `key_store_failed:${code}`)])
  })

  it('is not what the service has refused itself', async () => {
    const world = fakeWorld()
    world.service.mishaps['/v1/attestations'].push(problem(403, 'attestation_denied'))
    expect(await later(world)).toBe('attestation_denied')
    await later(world)
    expect(reports(world)).toEqual([undefined, undefined])
  })
})
