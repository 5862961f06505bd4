import { createAppleCa } from '@assay/testkit'
import { describe, expect, it } from 'vitest'
import { checkConfig, type ServiceConfig } from '../../src/config/service.config.ts'
import { readTestVendors } from '../../src/config/vendors.config.ts'

const config: ServiceConfig = {
  dataFolder: 'data',
  sealingKey: Uint8Array.from({ length: 32 }, (_, i) => i * 7),
  host: '127.0.0.1',
  port: 8787,
  logLevel: 'info',
}

const refused = (run: () => unknown) => {
  try {
    run()
    return undefined
  } catch (error) {
    return (error as { code?: string }).code
  }
}

const apple = [createAppleCa().root]

describe('vendors', () => {
  it("are Apple's and Google's unless others are given", () => {
    expect(checkConfig(config).vendors).toEqual({
      statusListUrl: 'https://android.googleapis.com/attestation/status',
      statusListMaxAge: 259_200,
      tokenApiUrl: undefined,
      receiptApiUrl: undefined,
      googleCredentials: undefined,
      isTest: false,
      appleTestRoots: [],
      googleTestRoots: [],
    })
  })

  it.each([
    [{ statusListMaxAge: 3_599 }, 'SERVICE_VENDORS'],
    [{ statusListMaxAge: 2_592_001 }, 'SERVICE_VENDORS'],
    [{ statusListMaxAge: Number.NaN }, 'SERVICE_VENDORS'],
    [{ googleCredentials: ' ' }, 'SERVICE_VENDORS'],
    [{ test: { apple: ['no certificate'] } }, 'SERVICE_TEST_VENDORS'],
    [{ test: { google: ['-----BEGIN CERTIFICATE-----'] } }, 'SERVICE_TEST_VENDORS'],
    [{ test: { status_list: 'ftp://a.example' } }, 'SERVICE_TEST_VENDORS'],
    [{ test: { token_api: '' } }, 'SERVICE_TEST_VENDORS'],
  ])('%o are refused', (vendors, code) => {
    expect(refused(() => checkConfig({ ...config, vendors }))).toBe(code)
  })
})

describe('test vendors', () => {
  it('are accepted by a service that only this machine can reach', () => {
    const { vendors } = checkConfig({ ...config, vendors: { test: { apple } } })
    expect(vendors.appleTestRoots).toHaveLength(1)
    expect(
      refused(() =>
        checkConfig({ ...config, publicUrl: 'http://127.0.0.1:8787', vendors: { test: { apple } } }),
      ),
    ).toBeUndefined()
  })

  it.each<[string, Partial<ServiceConfig>]>([
    ['listens to others', { host: '0.0.0.0', publicUrl: 'https://attest.example.com' }],
    ['is reached under a public name', { publicUrl: 'https://attest.example.com' }],
    ['trusts a proxy', { trustedProxies: ['127.0.0.1'] }],
  ])('are refused by a service that %s, even where there are none in the file', (_what, more) => {
    expect(refused(() => checkConfig({ ...config, ...more, vendors: { test: { apple } } }))).toBe(
      'SERVICE_TEST_VENDORS',
    )
    expect(refused(() => checkConfig({ ...config, ...more, vendors: { test: {} } }))).toBe(
      'SERVICE_TEST_VENDORS',
    )
    expect(refused(() => checkConfig({ ...config, ...more }))).toBeUndefined()
  })

  it('come from a file with known members only', () => {
    const file = {
      apple,
      google: [],
      status_list: 'http://127.0.0.1:1/s',
      token_api: 'http://127.0.0.1:1',
    }
    expect(readTestVendors(file)).toEqual(file)
    for (const wrong of [
      null,
      [],
      'x',
      { apples: [] },
      { apple: 'pem' },
      { google: [1] },
      { status_list: 1 },
    ])
      expect(refused(() => readTestVendors(wrong))).toBe('SERVICE_TEST_VENDORS')
  })
})
