import { sign } from 'node:crypto'
import { exampleScheme } from '@assay/evidence/example'
import { encodeBase64url, utf8 } from '@assay/protocol'
import type { StoredPolicy } from '@assay/protocol/schemas'
import { newKeyPair } from '@assay/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  androidId,
  answerTo,
  attest,
  audience,
  challengeOf,
  createPhoneWorld,
  must,
  tokenOf,
  type Piece,
  type PhoneWorld,
} from './phone-world.ts'

const vendor = newKeyPair('P-256')
const anchors = [{ name: 'vendor', publicKey: vendor.publicKey.export({ format: 'der', type: 'spki' }) }]
const revocation = { stateOf: () => Promise.resolve('not_listed' as const) }

let world: PhoneWorld

beforeAll(async () => {
  // This line is all that it takes.
  world = await createPhoneWorld({}, { moreSchemes: [exampleScheme({ anchors, revocation })] })
  const { service } = world
  const evidence = { example: {} }
  await must(service, 'PATCH', `/v1/apps/${androidId}`, { body: { evidence } })
  // The built-in policy of this service speaks of the scheme; the app is registered without the SDK's manifest.
  const balanced = await must<StoredPolicy>(service, 'GET', '/v1/policies/balanced')
  const { rules } = balanced.document as { rules: { reason?: string; when: string }[] }
  expect(rules.some(({ when }) => when.includes('evidence.example'))).toBe(true)
  const ours = {
    ...(balanced.document as object),
    rules: rules.filter(({ reason }) => reason !== 'LIVE_CODE_NOT_COMPARED'),
  }
  await must(service, 'PUT', '/v1/policies/ours', { body: ours })
  await must(service, 'PATCH', `/v1/apis/${encodeURIComponent(audience)}`, { body: { policy: 'ours' } })
})
afterAll(() => world.close())

/** What the vendor says about the registered app, or of another one. */
const statement = (changes: object = {}): Piece => ({
  format: 'example',
  collect(binding) {
    const bytes = utf8(
      JSON.stringify({
        commitment: encodeBase64url(utf8(binding)),
        package: world.app.package,
        signer: world.app.signers[0],
        device: '0badcafe',
        made_at: Math.floor(Date.now() / 1000),
        ...changes,
      }),
    )
    const signature = sign('sha256', bytes, { key: vendor.privateKey, dsaEncoding: 'ieee-p1363' })
    return { format: 'example', statement: encodeBase64url(bytes), signature: encodeBase64url(signature) }
  },
})

it('evidence of a scheme that was added by one line earns a token', async () => {
  const device = world.androidDevice()
  const answer = await answerTo(await challengeOf(world, device), device, [statement()])
  expect(await tokenOf(world, answer)).toMatchObject({ ear_status: 'affirming', holder_key: 'software' })
})

it('bad evidence of the new scheme is refused with its own code, and missing evidence by the policy', async () => {
  expect(await attest(world, world.androidDevice(), [statement({ package: 'com.example.other' })])).toBe(
    'EXAMPLE_APP_IDENTITY',
  )
  expect(await attest(world, world.androidDevice(), [])).toBe('HARDWARE_EVIDENCE_MISSING')
})

it('the settings of the new scheme are checked against its own form and platform', async () => {
  const { service } = world
  const app = (evidence: object) => ({ body: { evidence } })
  const refused = await service.problem('PATCH', `/v1/apps/${androidId}`, app({ example: { other: 1 } }))
  expect(refused).toMatchObject({ status: 400, code: 'request_invalid' })
  const iosId = 'com.example.phone'
  const other = await service.problem('PATCH', `/v1/apps/${iosId}`, app({ example: {} }))
  expect(other.code).toBe('evidence_settings_invalid')
})
