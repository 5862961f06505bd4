import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  createRollout,
  createWebCrypto,
  type GuardCrypto,
  type Malfunction,
  type Refusal,
  type RolloutSettings,
} from '@assay/guard'
import { isMisuse } from '../adapters/no-guards.ts'
import { guardOptions, mintProof, mintToken, newGuard } from '../minting.ts'

const addressFile = new URL('../../../../shared/vectors/networks/addresses.json', import.meta.url)
const { cases: addressCases } = JSON.parse(readFileSync(addressFile, 'utf8')) as {
  cases: { address: string; ipv4?: string; ipv6?: [string, string, string] }[]
}

const secret = new Uint8Array(32).fill(7)
const addresses = Array.from({ length: 4000 }, (_, i) => `10.${i >> 8}.${i & 255}.1`)

async function denied(fields: Record<string, string> = {}): Promise<Refusal | Malfunction> {
  const guard = newGuard({ apps: ['com.example.other'] })
  const decision = await guard.verify({ method: 'POST', url: '/v1/orders', headers: fields })
  if (decision.ok) throw new Error('was accepted')
  return decision
}

async function shareOf(settings: Partial<RolloutSettings>): Promise<number> {
  const rollout = createRollout({ share: 0.25, secret, ...settings })
  const decision = await denied()
  const enforced = await Promise.all(addresses.map((address) => rollout.enforces(decision, address)))
  return enforced.filter(Boolean).length / addresses.length
}

describe('a rollout', () => {
  it('enforces for the share of callers that it was given', async () => {
    expect(await shareOf({ share: 0 })).toBe(0)
    expect(await shareOf({ share: 1 })).toBe(1)
    expect(await shareOf({ share: 0.25 })).toBeCloseTo(0.25, 1)
  })

  it('enforces for whoever a smaller share held, too', async () => {
    const decision = await denied()
    const [few, more] = [0.2, 0.5].map((share) => createRollout({ share, secret }))
    for (const address of addresses.slice(0, 200))
      if (await few?.enforces(decision, address)) expect(await more?.enforces(decision, address)).toBe(true)
  })

  it('knows an installation by its pseudonym, wherever it calls from', async () => {
    const fields = { 'oauth-client-attestation': mintToken(), dpop: mintProof() }
    const decision = await denied(fields)
    expect(decision.code).toBe('APP_NOT_ADMITTED')
    const rollout = createRollout({ share: 0.5, secret })
    const answers = await Promise.all(addresses.slice(0, 50).map((a) => rollout.enforces(decision, a)))
    expect(new Set(answers).size).toBe(1)
  })

  it('knows any other caller by the network', async () => {
    const decision = await denied()
    const rollout = createRollout({ share: 0.5, secret })
    const same = async (one: string, other: string) =>
      (await rollout.enforces(decision, one)) === (await rollout.enforces(decision, other))
    for (let i = 0; i < 40; i++) {
      expect(await same(`192.0.${i}.1`, `192.0.${i}.254`)).toBe(true)
      expect(await same(`192.0.${i}.1`, `::ffff:192.0.${i}.9`)).toBe(true)
      expect(await same(`2001:db8:${i}:1::5`, `2001:DB8:${i}:ffff:1:2:3:4`)).toBe(true)
      expect(await same(`2001:db8:${i}::`, `2001:db8:${i}::7`)).toBe(true)
    }
    expect(await rollout.enforces(decision, undefined)).toBe(await rollout.enforces(decision, ''))
  })

  it.each(addressCases)('counts "$address" for its network', async ({ address, ipv4, ipv6 }) => {
    const counted: string[] = []
    const crypto: GuardCrypto = {
      ...createWebCrypto(),
      async hmacSha256(_secret, caller) {
        counted.push(new TextDecoder().decode(caller))
        return new Uint8Array(32)
      },
    }
    await createRollout({ share: 0.5, secret, crypto }).enforces(await denied(), address)
    expect(counted).toEqual([`network ${ipv6?.[0] ?? ipv4 ?? 'unknown'}`])
  })

  it('holds others to it under another secret', async () => {
    const decision = await denied()
    const [one, other] = [7, 8].map((byte) =>
      createRollout({ share: 0.5, secret: new Uint8Array(32).fill(byte) }),
    )
    const differs = await Promise.all(
      addresses
        .slice(0, 64)
        .map(async (a) => (await one?.enforces(decision, a)) !== (await other?.enforces(decision, a))),
    )
    expect(differs).toContain(true)
  })

  it.each<[string, () => number]>([
    [
      'throws',
      () => {
        throw new Error('no configuration')
      },
    ],
    ['is no number', () => Number.NaN],
    ['is more than all', () => 2],
    ['is below none', () => -1],
    ['is a text', () => '0' as unknown as number],
  ])('enforces for everybody where the share %s', async (_, share) => {
    expect(await shareOf({ share })).toBe(1)
  })

  it('asks for the share each time', async () => {
    let share = 0
    const rollout = createRollout({ share: () => share, secret })
    const decision = await denied()
    expect(await rollout.enforces(decision, '192.0.2.1')).toBe(false)
    share = 1
    expect(await rollout.enforces(decision, '192.0.2.1')).toBe(true)
  })

  it.each<[string, object, string]>([
    ['no share', { share: undefined }, 'share must be '],
    ['a share in percent', { share: 25 }, 'share must be '],
    ['no secret', { secret: undefined }, 'secret must be '],
    ['a short secret', { secret: secret.slice(1) }, 'secret must be '],
    ['a secret in text', { secret: 'x'.repeat(32) }, 'secret must be '],
    ['options of a guard', guardOptions(), 'createRollout takes no '],
  ])('is not made of %s', (_, settings, message) => {
    const given = { share: 0.5, secret, ...settings } as RolloutSettings
    expect(() => createRollout(given)).toThrow(isMisuse(message))
  })
})
