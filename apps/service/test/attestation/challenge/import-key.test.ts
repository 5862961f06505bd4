import { describe, expect, it } from 'vitest'
import { importKey } from '../../../src/attestation/challenge/check-challenge.ts'
import type { ReadClientData } from '../../../src/attestation/model/read-client-data.ts'
import { makeKey } from '../../support/device.ts'

const { jwk } = makeKey()
const withKey = (key: unknown) => ({ key }) as ReadClientData

describe('importKey', () => {
  it('returns the key with the given coordinates', async () => {
    expect((await importKey(withKey(jwk))).asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
  })

  it('refuses coordinates that are not a point of the curve', async () => {
    await expect(importKey(withKey({ ...jwk, y: jwk.x }))).rejects.toMatchObject({
      code: 'client_data_malformed',
    })
  })

  it('treats any other failure as a malfunction', async () => {
    await expect(importKey(withKey({ ...jwk, x: undefined }))).rejects.not.toHaveProperty(
      'code',
      'client_data_malformed',
    )
  })
})
