import { createPrivateKey, type KeyObject } from 'node:crypto'
import { open } from 'node:fs/promises'

/** The key that signs for a Google service account. */
export interface ServiceAccountKey {
  email: string
  /** RSA. */
  key: KeyObject
  keyId: string | undefined
}

/** Why a file does not yield the key of a service account. */
export type ServiceAccountFault = 'unreadable' | 'not_an_account' | 'not_a_private_key'

/** Bytes: about ten times the size of Google's key files. */
const longestFile = 32_768

/**
 * Reads the key of a service account as Google's console exports it. Never rejects, and quotes nothing from the file.
 */
export async function readServiceAccountKey(file: string): Promise<ServiceAccountKey | ServiceAccountFault> {
  const text = await textOf(file)
  if (text === undefined) return 'unreadable'
  const account = membersOf(text)
  const { type, client_email: email, private_key: key, private_key_id: keyId } = account
  const isAccount =
    type === 'service_account' &&
    typeof email === 'string' &&
    email !== '' &&
    typeof key === 'string' &&
    (keyId === undefined || typeof keyId === 'string')
  if (!isAccount) return 'not_an_account'
  const privateKey = keyIn(key)
  return privateKey?.asymmetricKeyType === 'rsa' ? { email, key: privateKey, keyId } : 'not_a_private_key'
}

/** Bounded, so that an endless device file is rejected too. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    const handle = await open(file, 'r')
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(longestFile + 1), 0, longestFile + 1)
      return bytesRead > longestFile ? '' : buffer.toString('utf8', 0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch {
    return undefined
  }
}

function membersOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

function keyIn(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}
