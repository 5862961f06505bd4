import { createHash } from 'node:crypto'
import { decodeBase64url, type ChallengeRequest } from '@assay/protocol'
import { describe, expect, it } from 'vitest'
import { nodeKeyStore } from '../../src/node/key-store.ts'
import type { AttestedKeyStore, EvidenceSource, InstallationKey } from '../../src/runtime/ports.ts'
import { problem } from '../fake/fake-service.ts'
import { audience, codeOf, fakeWorld, type World } from '../fake/fake-world.ts'

const requests = ({ service }: World) =>
  service.bodies('/v1/challenges').map((body) => JSON.parse(body) as ChallengeRequest)
const again = { forceRefresh: true }

describe('the purpose of an exchange', () => {
  it('is enrolment until a token was given for the key, and refresh from then on', async () => {
    const world = fakeWorld()
    world.service.mishaps['/v1/attestations'].push(problem(403, 'attestation_denied'))
    expect(await codeOf(world.client.getToken())).toBe('attestation_denied')
    await world.time.advance(60_000)
    await world.client.getToken()
    await world.client.getToken(audience, again)
    expect(requests(world).map(({ purpose }) => purpose)).toEqual(['enrolment', 'enrolment', 'refresh'])
  })

  it('is kept with the key, where the store keeps it', async () => {
    const inner = nodeKeyStore()
    let kept: InstallationKey | undefined
    const keyStore = {
      open: async () => ({ ...(await inner.open()), isEnrolled: kept !== undefined }),
      renew: () => inner.renew(),
      enrolled: async (key: InstallationKey) => (kept = key),
    }
    const world = fakeWorld({ keyStore })
    await world.client.getToken()
    expect(kept?.publicJwk).toEqual(world.service.clientData[0]?.key)
    await world.another().getToken()
    expect(requests(world).map(({ purpose }) => purpose)).toEqual(['enrolment', 'refresh'])
  })

  it('is enrolment again after a restart where the store keeps nothing, or fails to', async () => {
    const inner = nodeKeyStore()
    const keyStore = {
      open: () => inner.open().then(({ publicJwk, sign }) => ({ publicJwk, sign })),
      renew: () => inner.renew(),
      enrolled: () => Promise.reject(new Error('full')),
    }
    const world = fakeWorld({ keyStore })
    await world.client.getToken()
    await world.client.getToken(audience, again)
    await world.another().getToken()
    expect(requests(world).map(({ purpose }) => purpose)).toEqual(['enrolment', 'refresh', 'enrolment'])
  })

  it('is enrolment for a key that was renewed', async () => {
    const world = fakeWorld()
    await world.client.getToken()
    world.service.mishaps['/v1/attestations'].push(problem(400, 'client_data_signature_invalid'))
    await world.client.getToken(audience, again)
    expect(requests(world).map(({ purpose }) => purpose)).toEqual(['enrolment', 'refresh', 'enrolment'])
  })

  it('is corrected by the service: the same key enrols, once', async () => {
    const world = fakeWorld()
    await world.client.getToken()
    const required = problem(409, 'enrolment_required')
    world.service.mishaps['/v1/attestations'].push(required)
    expect((await world.client.getToken(audience, again)).token).toBe('token-2')
    const [, refused, enrolled] = requests(world)
    expect([refused?.purpose, enrolled?.purpose]).toEqual(['refresh', 'enrolment'])
    expect(enrolled?.key).toBe(refused?.key)
    world.service.mishaps['/v1/attestations'].push(required, required)
    expect(await codeOf(world.client.getToken(audience, again))).toBe('evidence_failed')
    expect(requests(world)).toHaveLength(5)
  })
})

describe('a challenge from before a fail-over', () => {
  it('is replaced at once, once', async () => {
    const { client, service } = fakeWorld()
    const outdated = problem(409, 'challenge_outdated')
    service.mishaps['/v1/attestations'].push(outdated)
    expect((await client.getToken()).token).toBe('token-1')
    service.mishaps['/v1/attestations'].push(outdated, outdated)
    expect(await codeOf(client.getToken(audience, again))).toBe('challenge_stale')
    expect(service.bodies('/v1/challenges')).toHaveLength(4)
  })
})

describe('one-key mode', () => {
  /** A Keystore that attests each key that it makes. */
  function keystore() {
    const commitments: string[] = []
    let key: InstallationKey | undefined
    const store: AttestedKeyStore = {
      open: async () => key,
      renew: async () => (key = undefined),
      enrolled: async () => (key = key && { ...key, isEnrolled: true }),
      async attest(commitment) {
        commitments.push(commitment)
        key = await nodeKeyStore().open()
        return { key, evidence: { format: 'android-key-attestation', chain: commitments.length } }
      },
    }
    return { ...store, commitments }
  }
  const playIntegrity: EvidenceSource = {
    prepare: (purpose) =>
      purpose === 'refresh'
        ? undefined
        : { format: 'play-integrity', collect: (hash) => ({ format: '', hash }) },
  }
  const bodies = ({ service }: World) =>
    service.bodies('/v1/attestations').map((body) => JSON.parse(body) as { evidence: { format: string }[] })

  it('asks without a key, and has one made whose attestation commits to the challenge', async () => {
    const store = keystore()
    const world = fakeWorld({ keyStore: store, evidence: [playIntegrity] })
    world.service.settings.evidence = 'enrolment'
    expect((await world.client.getToken()).token).toBe('token-1')
    expect(requests(world)).toEqual([expect.not.objectContaining({ key: expect.anything() })])
    const [data] = world.service.clientData
    const challenge = decodeBase64url(data?.challenge ?? '') as Uint8Array
    const expected = createHash('sha256')
      .update('assay/android-key/1\0')
      .update(challenge)
      .digest('base64url')
    expect(store.commitments).toEqual([expected])
    expect(data?.key).toEqual((await store.open())?.publicJwk)
    expect(data?.evidence).toEqual(['android-key-attestation', 'play-integrity'])
    expect(bodies(world)[0]?.evidence.map(({ format }) => format)).toEqual(data?.evidence)
  })

  it('refreshes by that key, without evidence, after a restart too', async () => {
    const store = keystore()
    const world = fakeWorld({ keyStore: store, evidence: [playIntegrity] })
    world.service.settings.evidence = 'enrolment'
    await world.client.getToken()
    world.service.settings.evidence = 'refresh'
    await world.client.getToken(audience, again)
    await world.another().getToken()
    expect(requests(world).map(({ purpose, key }) => [purpose, typeof key])).toEqual([
      ['enrolment', 'undefined'],
      ['refresh', 'string'],
      ['refresh', 'string'],
    ])
    expect(store.commitments).toHaveLength(1)
    expect(bodies(world).map(({ evidence }) => evidence.length)).toEqual([2, 0, 0])
  })

  it('makes a new key where the service does not remember the old one, and at an enrolment after a restart', async () => {
    const store = keystore()
    const world = fakeWorld({ keyStore: store })
    world.service.settings.evidence = 'enrolment'
    await world.client.getToken()
    world.service.mishaps['/v1/attestations'].push(problem(409, 'enrolment_required'))
    expect((await world.client.getToken(audience, again)).token).toBe('token-2')
    expect(requests(world).map(({ key }) => typeof key)).toEqual(['undefined', 'string', 'undefined'])
    expect(store.commitments).toHaveLength(2)
    expect(world.service.clientData[1]?.key).not.toEqual(world.service.clientData[0]?.key)
  })

  it('sends the same bytes again after a lost answer, in the next call too', async () => {
    const store = keystore()
    const { client, service, time } = fakeWorld({ keyStore: store })
    service.mishaps['/v1/attestations'].push('lost', 'lost', 'lost')
    expect(await codeOf(time.settle(client.getToken()))).toBe('network')
    await time.advance(5_000)
    expect((await client.getToken()).token).toBe('token-1')
    expect(store.commitments).toHaveLength(1)
    expect(new Set(service.bodies('/v1/attestations')).size).toBe(1)
  })

  it('passes on why the platform attests no key', async () => {
    const cause = Object.assign(new Error('keystore'), { code: 'KEYSTORE_-66' })
    const { client } = fakeWorld({ keyStore: { ...keystore(), attest: () => Promise.reject(cause) } })
    const error = await client.getToken().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'evidence_failed', cause })
  })
})
