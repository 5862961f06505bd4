import { readFileSync } from 'node:fs'
import { simulatePixel } from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bootKeysOf } from '../../support/boot-keys.ts'
import { attest, chain, createPhoneWorld, must, phonePolicy, type PhoneWorld } from './phone-world.ts'

/** A rule as docs/policies.md shows it under a heading. */
function documentedRule(heading: string): { when: string; reason: string } {
  const page = readFileSync(new URL('../../../../../docs/policies.md', import.meta.url), 'utf8')
  const [, section = ''] = page.split(`\n### ${heading}\n`)
  return JSON.parse(/```json\n([^`]*)```/.exec(section)?.[1] ?? '') as { when: string; reason: string }
}

let world: PhoneWorld

beforeAll(async () => {
  world = await createPhoneWorld()
})
afterAll(() => world.close())

const pixel = (device: Parameters<typeof simulatePixel>[0]['device']) =>
  simulatePixel({ google: world.google, app: world.app, provisioning: 'remote', ...(device && { device }) })
const save = (rules: unknown) =>
  must(world.service, 'PUT', '/v1/policies/phones', { body: { ...phonePolicy, rules } })

describe('a policy of the operator', () => {
  it('lets phones in whose system is signed by a key that was given, and from then on', async () => {
    const rule = documentedRule('Systems with their own verified boot keys')
    const key = '5e'.repeat(32)
    const graphene = { verifiedBootState: 'SelfSigned', verifiedBootKey: Buffer.from(key, 'hex') } as const
    const attests = (device: Parameters<typeof pixel>[0]) =>
      attest(world, world.androidDevice(), [chain(pixel(device))])

    expect(await attests(graphene)).toBe('BOOT_SELF_SIGNED')
    await save(phonePolicy.rules?.map((each) => (each.reason === rule.reason ? rule : each)))
    expect(await attests(graphene)).toBe('BOOT_SELF_SIGNED')
    await must(world.service, 'PUT', '/v1/boot-keys/graphene', { body: bootKeysOf([key]) })
    expect(await attests(graphene)).toBe('tokens')
    expect(await attests({ ...graphene, verifiedBootKey: Buffer.alloc(32, 1) })).toBe('BOOT_SELF_SIGNED')
    expect(await attests({ ...graphene, deviceLocked: false })).toBe('BOOT_LOADER_UNLOCKED')
  })

  it('says how old hardware evidence may be, and older installations enrol anew', async () => {
    await save([...(phonePolicy.rules ?? []), documentedRule('Hardware evidence of a certain age')])
    const device = world.androidDevice()
    expect(await attest(world, device, [chain(pixel(undefined))])).toBe('tokens')
    world.service.advance(3_500_000)
    expect(await attest(world, device, [])).toBe('tokens')
    world.service.advance(200_000)
    expect(await attest(world, device, [])).toBe('enrolment_required')
    expect(await attest(world, device, [chain(pixel(undefined))])).toBe('tokens')
  })

  it('counts the new installations of a phone within a day', async () => {
    const rule = documentedRule('One new installation a day')
    await save([...(phonePolicy.rules ?? []), rule])
    const phone = pixel(undefined)
    expect(await attest(world, world.androidDevice(), [chain(phone)])).toBe('tokens')
    expect(await attest(world, world.androidDevice(), [chain(phone)])).toBe('ENROLMENTS_MANY')
    expect(await attest(world, world.androidDevice(), [chain(pixel(undefined))])).toBe('tokens')
  })
})
