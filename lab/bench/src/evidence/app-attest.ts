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
import type { BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'

const rounds = 300
const warmUpRounds = 40
const perRound = 8

/**
 * App Attest compared with the signatures that cannot be cached. It is CPU time, because wall time on a busy machine
 * includes other processes.
 */
export async function appAttestRows(): Promise<BenchRow[]> {
  return [await attestationRow(), ...(await assertionRows())]
}

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

async function attestationRow(): Promise<BenchRow> {
  const cases = (['production', 'development'] as const).map(readFixture).map(attestationCase)
  const times = await interleaved(cases, {
    ours: ({ verifyOurs }) => verifyOurs(),
    bare: ({ verifyLeaf }) => verifyLeaf(),
    peer: ({ verifyPeer }) => verifyPeer(),
  })
  return {
    ...row('evidence.app-attest', times.ours, times.bare),
    peer: 'node-app-attest 1.0.1: verifyAttestation of the same attestations',
    peerValue: rounded(times.peer),
    peerRatio: rounded(times.ours / times.peer),
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

async function assertionRows(): Promise<BenchRow[]> {
  const installation = newInstallation()
  const { publicKey } = installation
  const cases = Array.from({ length: 64 }, (_, i) => assertionCase(i + 1, installation))
  const times = await interleaved(cases, {
    warm: ({ verifyWith }) => verifyWith(publicKey),
    cold: async ({ verifyWith, stored }) => verifyWith(await assertionKey(stored)),
    bare: ({ verifyBare }) => verifyBare(),
  })
  const facts = { time: 'CPU', assertionBytes: cases[0]?.length ?? 0 }
  return [
    { ...row('evidence.app-attest-assertion', times.warm, times.bare), facts: { ...facts, key: 'at hand' } },
    {
      ...row('evidence.app-attest-assertion.cold', times.cold, times.bare),
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

type Way<Case> = (each: Case) => Promise<void> | void

/** Median microseconds of CPU per case for each way; the order changes each round. */
async function interleaved<Case, Name extends string>(
  cases: readonly Case[],
  ways: Readonly<Record<Name, Way<Case>>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(ways) as Name[]
  const times = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round < warmUpRounds + rounds; round++) {
    const batch = Array.from(
      { length: perRound },
      (_, i) => cases[(round * perRound + i) % cases.length] as Case,
    )
    for (let i = 0; i < names.length; i++) {
      const name = names[(round + i) % names.length] as Name
      const time = await cpuTime(batch, ways[name])
      if (round >= warmUpRounds) times.get(name)?.push(time)
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<
    Name,
    number
  >
}

async function cpuTime<Case>(cases: readonly Case[], work: Way<Case>): Promise<number> {
  const before = process.cpuUsage()
  for (const each of cases) {
    const running = work(each)
    if (running !== undefined) await running
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / cases.length
}

function row(id: string, value: number, bare: number): BenchRow {
  return {
    id,
    value: rounded(value),
    unit: 'us',
    bare: rounded(bare),
    ratio: rounded(value / bare),
    peer: null,
    peerValue: null,
    peerRatio: null,
  }
}
