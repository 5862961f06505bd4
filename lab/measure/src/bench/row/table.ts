/** A figure of a row that must not be exceeded. */
export interface Bound {
  /** A member of the row, or of its facts. */
  readonly of: 'value' | 'ratio' | 'peerRatio' | `facts.${string}`
  readonly most: number
  /** What is allowed in addition, as a multiple of `bare`. Default: 0. */
  readonly timesBare?: number
}

interface RowEntry {
  /** The baseline that the row is compared with. Rows without it are sizes, or compared with a peer. */
  readonly bare?: string
  /** Default: none. The row is reported only. */
  readonly bounds?: readonly Bound[]
}

const value = (most: number): Bound => ({ of: 'value', most })
const ratio = (most: number): Bound => ({ of: 'ratio', most })
const fact = (name: string, most: number): Bound => ({ of: `facts.${name}`, most })

const oneVerification = 'one ES256 crypto.verify with the key at hand'
const proxyParts = 'Node’s server and undici with the same fields, and one ES256 crypto.verify of the proof'
const oneDigest = 'one SHA-256 by crypto.subtle of the same bytes, at hand in one piece, in the same page'
const bareListener = 'a bare Node listener that verifies the proof once (ES256, key at hand) and answers 204'

/** Every row of the bench, in the order in which it is measured; its group is the first part of its id. */
export const table = {
  'register.apk': {},
  'register.aab': {},
  'register.variants': {},
  // On Node 24.
  'service.memory': { bounds: [value(180)] },
  'service.memory.load': { bounds: [value(350)] },
  'lists.status-list': {},
  'lists.sqlite': { bounds: [value(50)] },
  'lists.postgres': { bounds: [value(50)] },
  'operators.beside': {
    bare: 'the same beside 60 callers of `GET /v1/apps`',
    bounds: [ratio(3), fact('longestStretchMs', 50), fact('heapMB', 128)],
  },
  'guard.repeat': { bare: oneVerification, bounds: [ratio(1.15)] },
  'guard.repeat-request': { bare: oneVerification },
  'guard.repeat-access': { bare: oneVerification, bounds: [ratio(1.15)] },
  'guard.million-bans': {
    bare: 'the same at a guard without a status list',
    bounds: [ratio(1.05), fact('memoryMB', 24)],
  },
  'guard.first': {
    bare: 'one ES256 verify with the key at hand, import of a fresh JWK (`createPublicKey`; the guard imports it as a point, which takes less), one verify with it',
  },
  'guard.meter': { bare: oneVerification },
  'guard.meter-stream': {},
  'proxy.request': { bare: proxyParts, bounds: [ratio(1.2)] },
  'proxy.stream': { bare: proxyParts, bounds: [ratio(1.3)] },
  'proxy.memory': { bounds: [value(20)] },
  // What the unit of `deploy/systemd` takes for high is 384.
  'proxy.bodies': { bounds: [value(320)] },
  'strip.worst': { bounds: [value(20)] },
  'gateway.nginx': { bare: `the same nginx asking ${bareListener}`, bounds: [ratio(1.25)] },
  'gateway.haproxy': { bare: `the same HAProxy asking ${bareListener}`, bounds: [ratio(1.25)] },
  'attest.software': {
    bare: 'a Fastify server that gets two empty POST requests, as the service does, and imports a fresh JWK (`createPublicKey`; the service imports it as a point, which takes less), verifies once with it (ES256) and signs once',
    bounds: [ratio(2.5)],
  },
  'attest.process': {
    bare: '`attest.software`: the service alone, and devices that are all alike',
    bounds: [ratio(2)],
  },
  'attest.image-growth': { bare: 'the same for a code image of 1 MB' },
  'attest.variants': {},
  'cluster.attest': { bare: 'the same at one node on SQLite', bounds: [ratio(1.5)] },
  'service.memory.node': { bounds: [value(170)] },
  'metrics.overhead': {
    bare: 'the exchange alone: a Fastify server that is posted the same and answers with an empty object',
    bounds: [{ of: 'peerRatio', most: 1.05 }],
  },
  'growth.builds.sqlite': { bare: 'the same with 10 builds', bounds: [ratio(1.1)] },
  'service.memory.builds': { bounds: [value(400)] },
  'growth.builds.postgres': { bare: 'the same with 10 builds', bounds: [ratio(1.1)] },
  'growth.installations.sqlite': { bare: 'the same with 10,000 installations', bounds: [ratio(1.3)] },
  'growth.installations.sqlite.stall': { bounds: [value(10)] },
  'growth.installations': { bare: 'the same with 10,000 installations', bounds: [ratio(1.2)] },
  'growth.installations.stall': { bounds: [value(10)] },
  'lookup.installation.key': { bounds: [value(10)] },
  'lookup.installation.name': { bounds: [value(10)] },
  'lookup.installation.reference': { bounds: [value(10)] },
  'lookup.installation.trace': { bounds: [value(10)] },
  'lookup.installation.key.postgres': { bounds: [value(10)] },
  'lookup.installation.name.postgres': { bounds: [value(10)] },
  'lookup.installation.reference.postgres': { bounds: [value(10)] },
  'lookup.installation.trace.postgres': { bounds: [value(10)] },
  'storage.installation': { bounds: [value(1_300)] },
  'storage.installation.support': { bounds: [value(64)] },
  'storage.installation.reference': { bounds: [value(160)] },
  // ADR 68.
  'wire.enrolment': { bounds: [value(12_000)] },
  'wire.refresh': { bounds: [value(4_500)] },
  'wire.refresh.new-plan': { bounds: [value(7_000)] },
  // ADR 12.
  'sdk.size': { bounds: [value(11.8)] },
  'sdk.attest.1MB': { bare: oneDigest, bounds: [{ of: 'value', most: 15, timesBare: 1.5 }] },
  'sdk.attest.8MB': { bare: oneDigest, bounds: [{ of: 'value', most: 15, timesBare: 1.5 }] },
  'sdk.android.attest': {
    bare: 'reading the same entries of the same APK once, inflating included, into one SHA-256, in the same JVM',
    bounds: [ratio(1.5)],
  },
  'sdk.android.large.others': {
    bare: 'the digest of the same APK alone, which keeps nothing, in the same JVM',
    bounds: [ratio(0.05)],
  },
  'sdk.android.large.first': {
    bare: 'the digest of the same APK alone, which keeps nothing, in the same JVM',
    bounds: [ratio(1.2)],
  },
  // ADR 41.
  'sdk.android.size': { bounds: [value(200)] },
  'sdk.ios.attest': {
    bare: 'reading the same files once into one SHA-256 of the same library, in the same process',
    bounds: [ratio(1.5)],
  },
  // ADR 45.
  'sdk.ios.size': { bounds: [value(470)] },
  'sdk.react-native.attest': { bounds: [fact('crossings', 4), fact('longestTickMs', 50)] },
  'sdk.react-native.size': { bounds: [value(10)] },
  'evidence.app-attest': {
    bare: 'one ES384 crypto.verify, of the leaf: the one check that cannot be cached',
  },
  'evidence.app-attest-assertion': { bare: oneVerification },
  'evidence.app-attest-assertion.cold': { bare: oneVerification },
  'evidence.android-key.factory': {
    bare: '`new X509Certificate` of each certificate, one signature check: the leaf',
  },
  'evidence.android-key.remote': {
    bare: '`new X509Certificate` of each certificate, two signature checks: leaf and device certificate',
  },
  'evidence.worst-case': { bounds: [value(10)] },
} as const satisfies Readonly<Record<string, RowEntry>>

export type RowId = keyof typeof table

export const entryOf = (id: RowId): RowEntry => table[id]
