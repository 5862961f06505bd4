import { X509Certificate, type KeyObject } from 'node:crypto'
import {
  androidKeyAttestation,
  androidKeyContext,
  issuerKeys,
  readStatusList,
  statusListSource,
  type AndroidKeyContext,
} from '@assay/evidence/android-key-attestation'
import type { Effort } from '../row/effort.ts'
import { oneRound, type Rounds } from '../row/interleaved.ts'
import type { BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'
import type { RowId } from '../row/table.ts'
import { makeChains, packageName, signerDigest, type AttestedChain } from './android-key-chains.ts'

/** Distinct chains of each kind. */
const allChains = 256
const perRound = 16
const allRounds = { counted: 160, warmUp: 32 }

/** As many as the vendor's list has. */
const listedSerials = 1700

interface Case {
  readonly item: unknown
  readonly context: AndroidKeyContext
  readonly chain: readonly Buffer[]
  readonly issuers: readonly KeyObject[]
}

/**
 * `evidence.android-key.*`: parsing and verifying a new chain whose shared issuers are known, compared with
 * `new X509Certificate` and one signature check for each certificate that cannot be cached: the leaf, and with remote
 * provisioning the device's certificate too. It is CPU time, because wall time on a busy machine includes other processes.
 */
export async function androidKeyRows(effort: Effort): Promise<BenchRow[]> {
  const { root, factory, remote } = makeChains(effort(allChains, perRound))
  const rounds = effort(allRounds, oneRound)
  const newCase = caseFor(root)
  return [
    await measure('evidence.android-key.factory', factory.map(newCase), 1, rounds),
    await measure('evidence.android-key.remote', remote.map(newCase), 2, rounds),
  ]
}

function caseFor(root: KeyObject): (attested: AttestedChain) => Case {
  const now = Date.UTC(2026, 10, 25) / 1000
  const entries = Array.from({ length: listedSerials }, (_, i) => [
    `f${i.toString(16)}`,
    { status: 'REVOKED' },
  ])
  const list = readStatusList({ entries: Object.fromEntries(entries) as unknown })
  const common = {
    now,
    anchors: [{ name: 'bench', publicKey: root.export({ type: 'spki', format: 'der' }) }],
    revocation: statusListSource(() => ({ list, readAt: now }), { maxAge: 1, now: () => now }),
    apps: [{ platform: 'android', package: packageName, signers: [signerDigest] }] as const,
    issuers: issuerKeys(),
  } as const
  return ({ chain, challenge, issuers }) => ({
    item: { format: 'android-key-attestation', chain: chain.map((each) => each.toString('base64url')) },
    context: androidKeyContext({ ...common, commitment: challenge }),
    chain,
    issuers,
  })
}

async function measure(
  id: RowId,
  cases: readonly Case[],
  uncacheable: number,
  { warmUp, counted }: Rounds,
): Promise<BenchRow> {
  const ours: number[] = []
  const bare: number[] = []
  for (let round = 0; round < warmUp + counted; round++) {
    const from = (round * perRound) % cases.length
    const batch = cases.slice(from, from + perRound)
    const verifying = await cpuTime(batch, verifyChain)
    const checking = await cpuTime(batch, (each) => checkBare(each, uncacheable))
    if (round < warmUp) continue
    ours.push(verifying)
    bare.push(checking)
  }
  const [value, bareValue] = [median(ours), median(bare)]
  return {
    id,
    value: rounded(value),
    unit: 'us',
    bare: rounded(bareValue),
    ratio: rounded(value / bareValue),
    peer: null,
    peerValue: null,
    peerRatio: null,
    facts: {
      distinctChains: cases.length,
      certificates: cases[0]?.chain.length ?? 0,
      signaturesNotCached: uncacheable,
      leafBytes: cases[0]?.chain[0]?.length ?? 0,
      time: 'CPU',
    },
  }
}

async function verifyChain({ item, context }: Case): Promise<void> {
  await androidKeyAttestation.verify(androidKeyAttestation.parse(item), context)
}

function checkBare({ chain, issuers }: Case, uncacheable: number): void {
  for (let i = 0; i < uncacheable; i++) {
    if (!new X509Certificate(chain[i] as Buffer).verify(issuers[i] as KeyObject))
      throw new Error('a chain to measure with does not verify')
  }
}

/** Microseconds of CPU per case. */
async function cpuTime(cases: readonly Case[], work: (each: Case) => Promise<void> | void): Promise<number> {
  const before = process.cpuUsage()
  for (const each of cases) await work(each)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / cases.length
}
