import { sign, type KeyObject } from 'node:crypto'
import { encodeBase64url, utf8 } from '@assay/protocol'
import { fixedKeyPair } from '@assay/testkit/fixed'
import { example } from '../../src/example/index.ts'
import {
  verifyContext,
  type RevocationState,
  type VerifyContext,
  type VerifyContextInput,
} from '../../src/index.ts'

export const now = 1_790_000_000
export const binding = 'Yk3nFq0b0m3F0bJ5zJmD0Wn4mE2r3TtYk3nFq0b0m3F'
export const signer = 'ab'.repeat(32)

const keys = fixedKeyPair('P-256', 'vendor')

/** The members of a statement that a genuine device of the vendor gets. */
export const genuine = {
  commitment: encodeBase64url(utf8(binding)),
  package: 'com.example.app',
  signer,
  device: '0badcafe',
  made_at: now - 3,
}

/** An evidence item over a statement, signed by the vendor unless another key is given. */
export function itemOver(
  statement: Record<string, unknown> | string,
  key: KeyObject = keys.privateKey,
): { format: string; statement: string; signature: string } {
  const bytes = utf8(typeof statement === 'string' ? statement : JSON.stringify(statement))
  const signature = sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' })
  return { format: 'example', statement: encodeBase64url(bytes), signature: encodeBase64url(signature) }
}

export function anchorOf(key: KeyObject): { name: string; publicKey: Uint8Array } {
  return { name: 'vendor', publicKey: key.export({ format: 'der', type: 'spki' }) }
}

export function contextWith(
  changes: Partial<VerifyContextInput> & { state?: RevocationState } = {},
): VerifyContext {
  const { state = 'not_listed', ...others } = changes
  return verifyContext({
    commitment: example.commitment(binding),
    now,
    anchors: [anchorOf(keys.publicKey)],
    revocation: { stateOf: (serial) => Promise.resolve(serial === genuine.device ? state : 'not_listed') },
    apps: [{ platform: 'android', package: 'com.example.app', signers: [signer] }],
    ...others,
  })
}

/** What `verify` says about a statement. */
export function verifying(statement: Record<string, unknown>, context: VerifyContext = contextWith()) {
  return example.verify(example.parse(itemOver(statement)), context)
}
