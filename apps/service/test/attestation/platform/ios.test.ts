import type { DryRunReport } from '@assay/protocol/schemas'
import { hash } from 'node:crypto'
import { simulateIphone, type AppAttestKey } from '@assay/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  answerTo,
  appId,
  assertion,
  attest,
  attestation,
  challengeOf,
  createPhoneWorld,
  iosId,
  must,
  send,
  tokenOf,
  type PhoneWorld,
} from './phone-world.ts'

let world: PhoneWorld

beforeAll(async () => {
  world = await createPhoneWorld()
})
afterAll(() => world.close())

const day = 86_400_000
const appState = { validationCategory: 4, bundleVersion: '7' }
const iphone = (more: Partial<Parameters<typeof simulateIphone>[0]> = {}) =>
  simulateIphone({ apple: world.apple, appId, appState, ...more })

/** A device that has attested with its phone. */
async function enrolled() {
  const phone = iphone()
  const device = world.iosDevice()
  expect(await attest(world, device, [attestation(phone)])).toBe('tokens')
  return { phone, device }
}

describe('an iPhone', () => {
  it('gets an affirming token that calls its key vouched for', async () => {
    const device = world.iosDevice()
    const answer = await answerTo(await challengeOf(world, device), device, [attestation(iphone())])
    expect(await tokenOf(world, answer)).toMatchObject({ ear_status: 'affirming', holder_key: 'vouched' })
  })

  it('refreshes with an assertion', async () => {
    const { phone, device } = await enrolled()
    expect((await challengeOf(world, device, { purpose: 'refresh' })).evidence).toBe('refresh')
    for (let i = 0; i < 3; i += 1) expect(await attest(world, device, [assertion(phone)])).toBe('tokens')
  })

  it.each([
    ['of another team', () => iphone({ appId: 'OTHER12345.com.example.phone' }), 'APP_ATTEST_APP_ID'],
    ['of the sandbox', () => iphone({ environment: 'development' }), 'APP_ATTEST_ENVIRONMENT'],
    [
      'of another version than is measured',
      () => iphone({ appState: { ...appState, bundleVersion: '8' } }),
      'EVIDENCE_DISAGREES',
    ],
  ])('is refused with an attestation %s', async (_what, phone, code) => {
    expect(await attest(world, world.iosDevice(), [attestation(phone())])).toBe(code)
  })

  it('is refused with an attestation that was made for another installation key', async () => {
    const phone = iphone()
    const relayed = phone.attest('A'.repeat(43))
    const piece = { ...attestation(phone), collect: () => relayed }
    expect(await attest(world, world.iosDevice(), [piece])).toBe('APP_ATTEST_NONCE')
  })
})

describe('a refresh', () => {
  it('needs the signature of the vouching key: a copied installation key alone is not enough', async () => {
    const { device } = await enrolled()
    expect(await attest(world, device, [])).toBe('VOUCHING_KEY_SIGNATURE_MISSING')
  })

  it('of another phone is refused', async () => {
    const { device } = await enrolled()
    const other = await enrolled()
    expect(await attest(world, device, [assertion(other.phone)])).toBe('APP_ATTEST_ASSERTION_SIGNATURE')
  })

  it('does not change the counter if it is refused', async () => {
    const { phone, device } = await enrolled()
    const other = await enrolled()
    // Its counter is the higher one, and it signs with another key.
    for (let i = 0; i < 3; i += 1) other.phone.assert('A'.repeat(43))
    expect(await attest(world, device, [assertion(other.phone)])).toBe('APP_ATTEST_ASSERTION_SIGNATURE')
    expect(await attest(world, device, [])).toBe('VOUCHING_KEY_SIGNATURE_MISSING')
    expect(await attest(world, device, [assertion(phone)])).toBe('tokens')
  })

  it('passes however far its counter has come', async () => {
    const { phone, device } = await enrolled()
    for (let i = 0; i < 300; i += 1) phone.assert('A'.repeat(43))
    expect(await attest(world, device, [assertion(phone)])).toBe('tokens')
  })

  it('with a counter that was used is refused, and the counter stays', async () => {
    const { phone, device } = await enrolled()
    expect(await attest(world, device, [assertion(phone)])).toBe('tokens')
    phone.counter = 0
    expect(await attest(world, device, [assertion(phone)])).toBe('APP_ATTEST_ASSERTION_COUNTER')
    expect(await attest(world, device, [assertion(phone)])).toBe('tokens')
  })

  it('is accepted once if two come at once with the same counter', async () => {
    const { phone, device } = await enrolled()
    const answers = []
    for (let i = 0; i < 2; i += 1) {
      phone.counter = 4
      answers.push(await answerTo(await challengeOf(world, device), device, [assertion(phone)]))
    }
    const codes = await Promise.all(answers.map((answer) => send(world, answer)))
    expect(codes.filter((code) => code === 'tokens')).toHaveLength(1)
    expect(['ASSERTION_COUNTER_USED', 'APP_ATTEST_ASSERTION_COUNTER']).toContain(
      codes.find((code) => code !== 'tokens'),
    )
  })

  it('gets the same tokens when it is sent again', async () => {
    const { phone, device } = await enrolled()
    const body = await answerTo(await challengeOf(world, device), device, [assertion(phone)])
    const first = await tokenOf(world, body)
    world.service.advance(60_000)
    expect(await tokenOf(world, body)).toEqual(first)
  })

  it('sent again does not pass once another refresh has used a later counter', async () => {
    const { phone, device } = await enrolled()
    const body = await answerTo(await challengeOf(world, device), device, [assertion(phone)])
    expect(await send(world, body)).toBe('tokens')
    expect(await attest(world, device, [assertion(phone)])).toBe('tokens')
    expect(await send(world, body)).toBe('APP_ATTEST_ASSERTION_COUNTER')
  })

  it('leaves its counter used when the enrolment before it is sent again', async () => {
    const phone = iphone()
    const device = world.iosDevice()
    const enrolment = await answerTo(await challengeOf(world, device), device, [attestation(phone)])
    expect(await send(world, enrolment)).toBe('tokens')
    expect(await attest(world, device, [assertion(phone)])).toBe('tokens')
    expect(await send(world, enrolment)).toBe('tokens')
    phone.counter = 0
    expect(await attest(world, device, [assertion(phone)])).toBe('APP_ATTEST_ASSERTION_COUNTER')
  })

  it('without enrolment is told to enrol', async () => {
    const phone = iphone()
    phone.attest('A'.repeat(43))
    expect(await attest(world, world.iosDevice(), [assertion(phone)])).toBe('enrolment_required')
  })

  it('by a key whose vouching key vouched for another since is sent to enrol: one live key per App Attest key', async () => {
    const { phone, device } = await enrolled()
    const again = { ...attestation(phone), collect: (binding: string) => phone.attest(binding, phone.key) }
    const stranger = world.iosDevice()
    expect(await attest(world, stranger, [again])).toBe('tokens')
    expect(await attest(world, device, [assertion(phone)])).toBe('enrolment_required')
    expect(await attest(world, stranger, [assertion(phone)])).toBe('tokens')
  })

  it('keeps an attestation in use: an assertion by its key is as good as a new one', async () => {
    const { phone, device } = await enrolled()
    world.service.advance(31 * day)
    expect(await attest(world, device, [assertion(phone)])).toBe('tokens')
  })

  it('is what a dry run judges: the attestation is old, and the assertion is not', async () => {
    const { phone, device } = await enrolled()
    world.service.advance(31 * day)
    expect(await attest(world, device, [assertion(phone)])).toBe('tokens')
    const body = { policy: 'strict', since: new Date(world.service.now()).toISOString() }
    const report = await must<DryRunReport>(world.service, 'POST', `/v1/apps/${iosId}/dry-run`, { body })
    expect(report.reasons).toEqual([{ code: 'LIVE_CODE_NOT_COMPARED', build: '1', count: 1 }])
  })

  it('is refused with an older build than before', async () => {
    const newer = { ...appState, bundleVersion: '8' }
    const phone = iphone({ appState: newer })
    const device = world.iosDevice()
    expect(await attest(world, { ...device, build: '2' }, [attestation(phone)])).toBe('tokens')
    expect(await attest(world, device, [])).toBe('BUILD_OLDER_THAN_BEFORE')
    expect(await attest(world, { ...device, build: '2' }, [assertion(phone)])).toBe('tokens')
  })

  it('after an update counts evidence of the older build', async () => {
    const { phone, device } = await enrolled()
    const older = assertion(phone)
    expect(await attest(world, { ...device, build: '2' }, [older])).toBe('EVIDENCE_DISAGREES')
    const sameKey = {
      ...older,
      collect: (binding: string) =>
        world.apple.assert(phone.key as AppAttestKey, {
          appId,
          appState: { ...appState, bundleVersion: '8' },
          counter: 9,
          clientDataHash: hash('sha256', binding, 'buffer'),
        }),
    }
    expect(await attest(world, { ...device, build: '2' }, [sameKey])).toBe('tokens')
  })
})
