import { decodeBase64url } from '@assay/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readClientData } from '../../../src/attestation/model/read-client-data.ts'
import { clientDataForm } from '../../../src/composition/client-data-form.ts'
import { makeKey, signed } from '../../support/device.ts'

const { jwk, thumbprint } = makeKey()
const clientData = {
  v: 1,
  challenge: 'A'.repeat(64),
  plan: 'AAAA',
  key: jwk,
  app: 'com.example.app',
  build: '1',
  sdk: 'test/1',
  audiences: ['https://api.example.com'],
  measurement: { response: 'A'.repeat(43), tags: { 'a.js': 'A'.repeat(11) } },
  probes: { debugger: false },
  evidence: [],
}
const read = (data: object | string) => readClientData(signed(makeKey(), data).client_data, clientDataForm)
const malformed = expect.objectContaining({ code: 'client_data_malformed' })

describe('client data', () => {
  it('is parsed', () => {
    const found = read(clientData)
    expect(found).toMatchObject({ clientData, key: jwk, thumbprint })
    expect(found.plan).toEqual({ isNamed: false, bytes: Buffer.alloc(3) })
    expect(found.binding).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })

  it('names its plan by the digest, for the ABI that it states, or for none', () => {
    const { plan, ...rest } = clientData
    const named = { ...rest, plan_digest: 'A'.repeat(43) }
    void plan
    expect(read(named).plan).toEqual({ isNamed: true, digest: Buffer.alloc(32), abi: '' })
    expect(read({ ...named, abi: 'x86' }).plan).toMatchObject({ isNamed: true, abi: 'x86' })
    for (const digest of ['', 'A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}B`, 1])
      expect(() => read({ ...named, plan_digest: digest })).toThrow(malformed)
    expect(() => read({ ...named, abi: 'X' })).toThrow(malformed)
    expect(() => read(rest)).toThrow(malformed)
  })

  it.each<[string, object | string]>([
    ['a plan and its digest', { ...clientData, plan_digest: 'A'.repeat(43) }],
    ['an ABI beside a plan, which has it', { ...clientData, abi: 'x86' }],
    ['no JSON', 'x'],
    ['a member twice', JSON.stringify(clientData).replace('{', '{"v":1,')],
    ['an unknown member', { ...clientData, more: 1 }],
    ['another version', { ...clientData, v: 2 }],
    ['a private key', { ...clientData, key: { ...jwk, d: jwk.x } }],
    ['a short coordinate', { ...clientData, key: { ...jwk, x: 'A'.repeat(42) } }],
    ['a plan that is no base64url', { ...clientData, plan: 'A' }],
    ['a plan with bits that no byte takes up', { ...clientData, plan: 'AB' }],
    ['deep nesting', { ...clientData, probes: { a: [[[[]]]] } }],
    [
      'more members than fit with tags',
      {
        ...clientData,
        measurement: {
          ...clientData.measurement,
          tags: Object.fromEntries(Array.from({ length: 4090 }, (_, i) => [`${i}`, 'A'.repeat(11)])),
        },
      },
    ],
    ['a probe that is an object', { ...clientData, probes: { a: {} } }],
    [
      '65 probes',
      { ...clientData, probes: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`p${i}`, 1])) },
    ],
  ])('with %s is refused', (_what, data) => {
    expect(() => read(data)).toThrow(malformed)
  })

  it('is refused in any base64url spelling but the canonical one', () => {
    const characters = fc.constantFrom(...'ABQgw_-09az')
    fc.assert(
      fc.property(fc.string({ unit: characters, minLength: 1, maxLength: 12 }), (plan) => {
        if (decodeBase64url(plan) === undefined)
          expect(() => read({ ...clientData, plan })).toThrow(malformed)
        else
          expect(read({ ...clientData, plan }).plan).toEqual({
            isNamed: false,
            bytes: Buffer.from(plan, 'base64url'),
          })
      }),
    )
  })
})
