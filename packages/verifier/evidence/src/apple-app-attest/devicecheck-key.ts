import { createPrivateKey, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import type { SchemeSecret } from '../port/scheme.ts'

/** A DeviceCheck key that Apple gave the team, with which the team asks about its devices. */
export interface DeviceCheckKey {
  readonly teamId: string
  readonly keyId: string
  readonly privateKey: KeyObject
}

const schema = z.strictObject({
  team_id: z.string().regex(/^[A-Z0-9]{10}$/),
  key_id: z.string().regex(/^[A-Z0-9]{10}$/),
  /** The file that Apple issues once: PKCS #8 in PEM, on P-256. */
  private_key: z.string().min(100).max(1000),
})

export const deviceCheckKeySecret: SchemeSecret = {
  name: 'devicecheck-key',
  schema,
  isUsable: (value) => readDeviceCheckKey(value) !== undefined,
}

/** `undefined` unless it is such a key. */
export function readDeviceCheckKey(value: unknown): DeviceCheckKey | undefined {
  const read = schema.safeParse(value)
  if (!read.success) return undefined
  const { team_id: teamId, key_id: keyId, private_key: pem } = read.data
  try {
    const privateKey = createPrivateKey(pem)
    return privateKey.asymmetricKeyDetails?.namedCurve === 'prime256v1'
      ? { teamId, keyId, privateKey }
      : undefined
  } catch {
    return undefined
  }
}
