import { createHash, createPublicKey, sign } from 'node:crypto'
import {
  AppAttestError,
  appAttestErrorCodes,
  appleAppAttestAssertion,
  assertionContext,
} from '@assay/evidence/apple-app-attest'
import { itemOf } from '../inputs/evidence-items.ts'
import { fuzzingKey } from '../inputs/fuzzing-keys.ts'
import { outcomeOfRejecting } from '../target/refusals.ts'
import { base64In } from '../inputs/vector-inputs.ts'
import type { Target } from '../target/target.ts'

const { privateKey } = fuzzingKey('app attest assertion')
const commitment = Buffer.alloc(32, 7)
const context = assertionContext({
  commitment,
  key: createPublicKey(privateKey),
  previousCounter: 0,
  apps: [{ platform: 'ios', appId: 'TEAM123456.com.example.app' }],
})

/** An assertion in CBOR; an input that is JSON is a whole evidence item. What can be parsed is verified too. */
export const target: Target = {
  run: (input) => outcomeOfRejecting(() => verify(itemOf(input, wrap)), AppAttestError, appAttestErrorCodes),
  seeds: [
    Buffer.from(JSON.stringify(wrap(Buffer.of(0xa0)))),
    ...[
      'a1781c6170706c655f76616c69646174696f6e5f63617465676f72795f30314403000000',
      'a1781c6170706c655f76616c69646174696f6e5f63617465676f72795f3031420300',
      'a1776170706c655f62756e646c655f76657273696f6e5f3031623432',
      'a1776170706c655f62756e646c655f76657273696f6e5f30310a',
      `a1756170706c655f63645f686173685f686173685f303154${'07'.repeat(20)}`,
      `a1756170706c655f63645f686173685f686173685f30315820${'07'.repeat(32)}`,
      'a1756170706c655f63645f686173685f686173685f30314107',
    ].map(assertionWith),
  ],
  words: [
    'signature',
    'authenticatorData',
    'apple_validation_category_01',
    'apple_bundle_version_01',
    'apple_cd_hash_hash_01',
  ],
  vectors: { folder: 'apple-app-attest', inputs: ({ assertion }) => base64In(assertion) },
}

/** An assertion whose authenticator data ends with these extensions, in hex. */
function assertionWith(extensions: string): Buffer {
  const appIdHash = createHash('sha256').update('TEAM123456.com.example.app').digest()
  const data = Buffer.concat([appIdHash, Buffer.of(0x40, 0, 0, 0, 1), Buffer.from(extensions, 'hex')])
  const nonce = createHash('sha256').update(data).update(commitment).digest()
  const signature = sign('sha256', nonce, privateKey)
  return Buffer.concat([
    Buffer.from('a2697369676e6174757265', 'hex'),
    Buffer.of(0x58, signature.length),
    signature,
    Buffer.from('7161757468656e74696361746f7244617461', 'hex'),
    Buffer.of(0x58, data.length),
    data,
  ])
}

async function verify(item: unknown): Promise<void> {
  await appleAppAttestAssertion.verify(appleAppAttestAssertion.parse(item), context)
}

function wrap(object: Uint8Array) {
  return { format: 'apple-app-attest-assertion', assertion: Buffer.from(object).toString('base64url') }
}
