import { createHash, sign, verify, X509Certificate, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  appAttestAnchor,
  appleAppAttest,
  appleAppAttestAssertion,
  appleAppAttestationRoot,
  assertionContext,
  assertionKey,
  attestationContext,
  intermediateCache,
  parseReceipt,
  type AppAttestClaims,
} from '@assay/evidence/apple-app-attest'
import { verifyAttestation } from 'node-app-attest'
import { newInstallation, type Installation } from '../guard/minting.ts'
import type { Effort } from '../row/effort.ts'
import { interleaved, oneRound, type Measured } from '../row/interleaved.ts'
import type { BenchRow } from '../row/row.ts'
import { rounded } from '../row/statistics.ts'
import type { RowId } from '../row/table.ts'

const rounds = { counted: 300, warmUp: 40 }
const perRound = 8

const app = { teamIdentifier: 'V8H6LQ9448', bundleIdentifier: 'io.uebelacker.AppAttestExample' }
const appId = `${app.teamIdentifier}.${app.bundleIdentifier}`

/** An attestation of a real device: the peer's own test data. */
interface Fixture {
  /** Base64, all of them. */
  readonly keyId: string
  readonly challenge: string
  readonly attestation: string
}

function readFixture(environment: AppAttestClaims['environment']): Fixture {
  const folder = new URL('../test/fixtures/', import.meta.resolve('node-app-attest'))
  return JSON.parse(readFileSync(new URL(`attestation-${environment}.json`, folder), 'utf8')) as Fixture
}

/**
 * `evidence.app-attest`: compared with the signature that cannot be cached. It is CPU time, because wall time on a busy
 * machine includes other processes.
 */
export async function attestationRow(effort: Effort): Promise<BenchRow> {
  const cases = (['production', 'development'] as const).map(readFixture).map(attestationCase)
  const times = await interleaved(effort(rounds, oneRound), batchesOf(cases), {
    ours: ({ verifyOurs }) => verifyOurs(),
    bare: ({ verifyLeaf }) => verifyLeaf(),
    peer: ({ verifyPeer }) => verifyPeer(),
  })
  return {
    ...row('evidence.app-attest', times, 'ours'),
    peer: 'node-app-attest 1.0.1: verifyAttestation of the same attestations',
    peerValue: rounded(times.median('peer')),
    peerRatio: rounded(times.ratio('ours', 'peer')),
    facts: {
      time: 'CPU',
      attestationBytes: cases.map(({ length }) => String(length)),
      intermediate: 'cached',
    },
  }
}

const anchor = appAttestAnchor(appleAppAttestationRoot.name, appleAppAttestationRoot.pem)
const intermediates = intermediateCache()

function attestationCase({ keyId, challenge, attestation }: Fixture) {
  const [encoded, clientData] = [Buffer.from(attestation, 'base64'), Buffer.from(challenge, 'base64')]
  const item = {
    format: appleAppAttest.descriptor.name,
    key_id: Buffer.from(keyId, 'base64').toString('base64url'),
    attestation: encoded.toString('base64url'),
  }
  const { leaf, intermediate, receipt } = appleAppAttest.parse(item)
  const expected = {
    commitment: createHash('sha256').update(clientData).digest(),
    // The time at which Apple made it: the certificate is no longer valid today.
    now: (receipt && parseReceipt(receipt).createdAt) ?? 0,
    anchors: [anchor],
    apps: [{ platform: 'ios', appId }],
    environments: ['production', 'development'],
    intermediates,
    system: 'ios',
  } as const
  const issuer = new X509Certificate(intermediate).publicKey
  return {
    length: encoded.length,
    async verifyOurs() {
      await appleAppAttest.verify(appleAppAttest.parse(item), attestationContext(expected))
    },
    verifyLeaf: () => demand(verify('sha256', leaf.tbs, issuer, leaf.signature)),
    verifyPeer() {
      verifyAttestation({
        ...app,
        attestation: encoded,
        challenge: clientData,
        keyId,
        allowDevelopmentEnvironment: true,
      })
    },
  }
}

/** `evidence.app-attest-assertion`: the same with the key at hand, and (`….cold`) from the store. */
export async function assertionRows(effort: Effort): Promise<BenchRow[]> {
  const installation = newInstallation()
  const { publicKey } = installation
  const cases = Array.from({ length: 64 }, (_, i) => assertionCase(i + 1, installation))
  const times = await interleaved(effort(rounds, oneRound), batchesOf(cases), {
    warm: ({ verifyWith }) => verifyWith(publicKey),
    cold: async ({ verifyWith, stored }) => verifyWith(await assertionKey(stored)),
    bare: ({ verifyBare }) => verifyBare(),
  })
  const facts = { time: 'CPU', assertionBytes: cases[0]?.length ?? 0 }
  return [
    { ...row('evidence.app-attest-assertion', times, 'warm'), facts: { ...facts, key: 'at hand' } },
    {
      ...row('evidence.app-attest-assertion.cold', times, 'cold'),
      facts: { ...facts, key: 'from stored coordinates' },
    },
  ]
}

/** An assertion as iOS 27 writes it, extensions included. */
function assertionCase(counter: number, { privateKey, publicKey, jwk }: Installation) {
  const commitment = createHash('sha256').update(`client data ${counter}`).digest()
  const authenticatorData = Buffer.concat([
    createHash('sha256').update(appId).digest(),
    Buffer.of(0xc0, 0, 0, 0, counter),
    extensionMap,
  ])
  const nonce = createHash('sha256').update(authenticatorData).update(commitment).digest()
  const signature = sign('sha256', nonce, privateKey)
  const assertion = encodeAssertion(signature, authenticatorData)
  const item = { format: appleAppAttestAssertion.descriptor.name, assertion: assertion.toString('base64url') }
  return {
    length: assertion.length,
    stored: jwk,
    async verifyWith(key: KeyObject) {
      const apps = [{ platform: 'ios', appId }] as const
      const context = assertionContext({ commitment, apps, key, previousCounter: counter - 1 })
      await appleAppAttestAssertion.verify(appleAppAttestAssertion.parse(item), context)
    },
    verifyBare: () => demand(verify('sha256', nonce, publicKey, signature)),
  }
}

/** CBOR: `apple_bundle_version_01` "42", `apple_validation_category_01` 4. */
const extensionMap = Buffer.concat([
  Buffer.of(0xa2, 0x77),
  Buffer.from('apple_bundle_version_01'),
  Buffer.of(0x62, 0x34, 0x32, 0x78, 0x1c),
  Buffer.from('apple_validation_category_01'),
  Buffer.of(0x44, 4, 0, 0, 0),
])

/** CBOR: a map of two byte strings, each of 24 to 255 bytes. */
function encodeAssertion(signature: Buffer, authenticatorData: Buffer): Buffer {
  const bytes = (content: Buffer) => Buffer.concat([Buffer.of(0x58, content.length), content])
  return Buffer.concat([
    Buffer.of(0xa2, 0x69),
    Buffer.from('signature'),
    bytes(signature),
    Buffer.of(0x71),
    Buffer.from('authenticatorData'),
    bytes(authenticatorData),
  ])
}

function demand(holds: boolean): void {
  if (!holds) throw new Error('a signature to measure with does not verify')
}

/** The next few of the cases each time. */
function batchesOf<Case>(cases: readonly Case[]): () => Case[] {
  let at = 0
  return () => Array.from({ length: perRound }, () => cases[at++ % cases.length] as Case)
}

function row<Name extends string>(id: RowId, times: Measured<Name | 'bare'>, name: Name): BenchRow {
  return {
    id,
    value: rounded(times.median(name)),
    unit: 'us',
    bare: rounded(times.median('bare')),
    ratio: rounded(times.ratio(name, 'bare')),
    peer: null,
    peerValue: null,
    peerRatio: null,
  }
}
