import { describe, expect, it } from 'vitest'
import { importKey } from '../../../src/attestation/challenge/check-challenge.ts'
import type { ReadClientData } from '../../../src/attestation/model/read-client-data.ts'
import { makeKey } from '../../support/device.ts'

const { jwk } = makeKey()
const withKey = (key: unknown) => ({ key }) as ReadClientData

describe('importKey', () => {
  it('makes of the coordinates the key that has them', async () => {
    expect((await importKey(withKey(jwk))).asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
  })

  it('refuses one that is no point of the curve', async () => {
    await expect(importKey(withKey({ ...jwk, y: jwk.x }))).rejects.toMatchObject({
      code: 'client_data_malformed',
    })
  })

  it('takes any other failure for a malfunction', async () => {
    await expect(importKey(withKey({ ...jwk, x: undefined }))).rejects.not.toHaveProperty(
      'code',
      'client_data_malformed',
    )
  })
})
