import type { AppraisalFacts, KeptClaims } from '@assay/appraisal'
import type { SdkManifest } from '@assay/measurement'
import type {
  AdmissibleTier,
  ApiKeyScope,
  BuildSplits,
  BuildWarning,
  Channel,
  Coverage,
  HolderKey,
  Platform,
  ProvenanceJwk,
  PublicJwk,
  SegmentKind,
  TokenAlgorithm,
  TokenKind,
  TokenMode,
  VouchingKeyKind,
} from '@assay/protocol'
import type { Api, App, AttestationTrace, Build, BuildVariant } from '@assay/protocol/schemas'
import type { Generated, Kysely } from 'kysely'
import type { UserDimension } from '../../operations/users/ports.ts'
import type { Flag, Json } from './columns.ts'
import type { Digest } from './digest-column.ts'
import type { PackedEvidence } from './packed-evidence.ts'

export type { Json }

/** An app, but for what has columns and tables of its own. */
export type AppSettings = Omit<
  App,
  'id' | 'platform' | 'created_at' | 'signers' | 'store_signers' | 'upload_signers'
>

/** The whole schema: rows of each table. The migrations must agree with it. */
export interface Tables {
  apps: {
    id: string
    platform: Platform
    /** What it has besides, but its signers. Members that are newer than the row are left out. */
    settings: Json<AppSettings>
    /** Milliseconds since 1970. */
    created_at: number
  }
  app_signers: {
    app: string
    /** SHA-256 of the certificate, lower-case hex. */
    sha256: string
  }
  app_listed_signers: {
    app: string
    /** SHA-256 of the certificate, lower-case hex. */
    sha256: string
    role: 'store' | 'upload'
  }
  builds: {
    app: string
    id: string
    format: Build['format']
    package: string
    version_name: string | null
    version_code: number
    min_sdk: number | null
    target_sdk: number | null
    debuggable: Flag
    signers: Json<string[]>
    schemes: Json<string[]>
    framework: string
    sdk: string | null
    /** SHA-256 of the certificate that signed an IPA before the store did, lower-case hex. */
    upload_signer: string | null
    /** Null if the build is measured without its SDK's live functions and probes. */
    sdk_manifest: Json<SdkManifest> | null
    coverage: Coverage
    channel: Channel
    /** Milliseconds since 1970; null if it does not expire. */
    expires_at: number | null
    /** Milliseconds since 1970; null: what differs is refused. */
    difference_until: number | null
    base: string | null
    /** Null if devices get the build as it is. */
    splits: Json<BuildSplits> | null
    image_digest: string
    warnings: Json<BuildWarning[]>
    state: Build['state']
    /** Milliseconds since 1970; null if it is not retired. */
    retired_at: number | null
    /** Milliseconds since 1970. */
    created_at: number
    /** When an attestation last named the build, to the hour or so; milliseconds since 1970. */
    last_seen_at: number | null
    /** Id of the API key that registered it. */
    registered_by: string | null
    /** When a variant replaced the image that was registered first; milliseconds since 1970. */
    first_ended_at: number | null
  }
  build_variants: {
    app: string
    build: string
    name: string
    /** 1 to 31, by which challenges name it; null while it is pending. */
    number: number | null
    format: Build['format']
    framework: string
    sdk: string | null
    image_digest: string
    state: BuildVariant['state']
    /** Milliseconds since 1970. */
    created_at: number
    /** Id of the API key that registered it. */
    registered_by: string | null
    signers: Json<string[]>
    schemes: Json<string[]>
    warnings: Json<BuildWarning[]>
    shapes: Json<Record<string, string>>
    splits: Json<BuildSplits> | null
    sdk_manifest: Json<SdkManifest> | null
  }
  build_segments: {
    app: string
    build: string
    /** Empty for the image that was registered first. */
    variant: string
    name: string
    kind: SegmentKind
    /** Bytes. */
    length: number
    /** Names the blob; lower-case hex. */
    sha256: string
  }
  apis: {
    audience: string
    name: string
    token: TokenKind
    channels: Json<Channel[]>
    tiers: Json<AdmissibleTier[]>
    mode: TokenMode
    enforcement: Api['enforcement']
    /** Seconds. */
    token_lifetime: number
    origins: Json<string[]>
    policy: string | null
    allow_listed: Flag
    development: Flag
    /** Milliseconds since 1970. */
    created_at: number
  }
  api_origins: {
    /** Web origin of `apis.origins`. */
    origin: string
    audience: string
  }
  api_apps: {
    audience: string
    app: string
  }
  api_keys: {
    id: string
    name: string
    scope: ApiKeyScope
    /** The first characters of the secret, by which a person tells keys apart. */
    prefix: string
    /** SHA-256 of the secret, lower-case hex; for a key for provenance, `provenance:` and its JWK thumbprint. */
    hash: string
    /** Set for a key for provenance. */
    public_key: Json<ProvenanceJwk> | null
    /** Of a key for support: whether it may let an installation through. */
    let_through: Flag
    /** All three in milliseconds since 1970. */
    created_at: number
    expires_at: number | null
    last_used_at: number | null
    /** Over all but the last use, under a sealed key; a row without it is refused. */
    mac: string
  }
  /** How many installations a key has let through on a day. */
  let_throughs: {
    key: string
    /** Days since 1970, UTC. */
    day: number
    times: number
  }
  development_secrets: {
    id: string
    app: string
    name: string
    /** SHA-256 of the secret, lower-case hex. */
    hash: string
    /** All four in milliseconds since 1970. */
    created_at: number
    expires_at: number
    revoked_at: number | null
    last_used_at: number | null
    uses: number
    /** Over all but the uses. */
    mac: string
  }
  api_key_apps: {
    key: string
    app: string
    /** Over both. */
    mac: string
  }
  bans: {
    app: string
    kind: VouchingKeyKind
    vouching_key: Digest
    /** Set if the key is named as the tokens of one API name it. */
    audience: string | null
    note: string | null
    /** Id of an API key; null: someone at the machine itself. */
    author: string | null
    /** Milliseconds since 1970, both; null: it does not end by itself. */
    created_at: number
    expires_at: number | null
  }
  /** Test devices that operators let through. */
  allow_entries: {
    id: string
    app: string
    audience: string
    /** The name that the tokens of the API have for it. */
    installation: Digest
    note: string | null
    /** As in `bans`. */
    author: string | null
    /** Both in milliseconds since 1970. */
    created_at: number
    expires_at: number
    /** Set if somebody from support let it through: the entry counts for this tier only. */
    tier: AdmissibleTier | null
    /** Over all of it, under a sealed key; a row without it is refused. */
    mac: string
  }
  policies: {
    id: string
    version: number
    document: Json<unknown>
    /** Milliseconds since 1970. */
    created_at: number
  }
  /** Boot keys of systems that phones' makers did not sign. */
  boot_keys: {
    /** As the operator calls it. */
    system: string
    source: string
    /** Of the file that was given, lower-case hex. */
    sha256: string
    /** Both in milliseconds since 1970. */
    published_at: number
    given_at: number
    keys: Json<string[]>
  }
  /** The last list that each vendor gave, so that it outlives a restart. Backups and moves leave it behind. */
  vendor_lists: {
    url: string
    etag: string | null
    /** Milliseconds since 1970 at which the vendor stated that it was valid. */
    read_at: number
    /** SHA-256 of the body, lower-case hex. */
    sha256: string
    body: Uint8Array
    /** Over everything else; the body counts by its digest. */
    mac: string
  }
  /** Numbers of apps that have installations. */
  app_numbers: {
    number: Generated<number>
    app: string
  }
  /** Numbers of combinations of formats. */
  format_sets: {
    number: Generated<number>
    /** Each once, sorted, separated by spaces. */
    formats: string
  }
  installations: {
    id: Generated<number>
    app: number
    created_at: number
    version_code: number
    assertion_counter: number
    /** Days since 1970, UTC. It is indexed: a finer time would have to be written with every refresh. */
    seen_on: number
    /** The formats of its evidence, in `format_sets`. */
    formats: number
    /** JWK thumbprint of the installation key. */
    thumbprint: Digest
    binding: Digest
    vouching_key: Digest | null
    vouching_key_kind: VouchingKeyKind | null
    holder_key: HolderKey
    abi: string | null
    assertion_key: Json<PublicJwk> | null
  }
  /** What a refresh reads, but does not write. */
  installation_evidence: {
    installation: number
    evidence: PackedEvidence
    receipt: Uint8Array | null
    /** When a vendor is asked about the receipt; milliseconds since 1970. */
    ask_at: number | null
    /** What the device said of itself when it enrolled: `said-device-text.ts`. */
    said_device: string | null
  }
  /** What the app calls its user: the last one, of installations that are remembered. */
  installation_references: {
    installation: number
    /** HMAC under a sealed key. */
    reference: Uint8Array
    /** Days since 1970, UTC. */
    said_on: number
  }
  /** The names that tokens have for an installation. */
  installation_names: {
    /** The first 48 bits of a pseudonym. */
    name: number
    installation: number
  }
  enrolments: {
    /** Days since 1970, UTC. */
    day: number
    app: number
    vouching_key: Digest
    kind: VouchingKeyKind
    thumbprint: Digest
  }
  vendor_calls: {
    app: string
    /** Name of the scheme of evidence, and of the share of its calls. */
    vendor: string
    /** Days since 1970, UTC. */
    day: number
    calls: number
  }
  /** One row, written to see whether the database takes writes. */
  signs_of_life: {
    id: number
    /** Milliseconds since 1970. */
    seen_at: number
  }
  /** One row: the identity of the store, and how often its registrations have changed. */
  store: {
    id: number
    /** Random; null until the first start. */
    store_id: string | null
    /** On PostgreSQL the database counts; on SQLite there is one process, so it stays 0. */
    version: number
  }
  /** Processes that serve from the database. */
  nodes: {
    id: string
    /** By the database's clock; milliseconds since 1970. */
    seen_at: number
  }
  blobs: {
    /** Lower-case hex. */
    sha256: string
    /** Bytes. */
    length: number
    /** Whether all pieces are stored. */
    is_whole: Flag
    /** When it was last written or requested again; milliseconds since 1970. */
    written_at: number
  }
  blob_pieces: {
    sha256: string
    /** 0, 1, 2 …; all but the last have the same length. */
    number: number
    bytes: Uint8Array
  }
  secrets: {
    name: string
    sealed: Uint8Array
  }
  signing_keys: {
    kid: string
    /** 1, 2, 3 …: the order in which keys were made. */
    number: number
    alg: TokenAlgorithm
    /** Sealed PKCS #8. */
    sealed: Uint8Array
    /** All three in milliseconds since 1970. */
    created_at: number
    activate_at: number
    retire_at: number | null
  }
  /** Rows are only added. */
  audit_entries: {
    number: number
    /** Milliseconds since 1970. */
    happened_at: number
    key: string | null
    key_name: string
    action: string
    object: string
    before: Json<unknown>
    after: Json<unknown>
    previous: string
    hash: string
    /** Over number and hash, under a sealed key. */
    mac: string
  }
  /** One row: the newest of `audit_entries`, with an HMAC under a sealed key. */
  audit_head: {
    id: number
    number: number
    hash: string
    seal: string
  }
  /** How often the same happened within a span of time. */
  attestation_counts: {
    /** Both in milliseconds: its length, and its start since 1970. */
    span: number
    starts_at: number
    app: string
    build: string
    platform: string
    outcome: string
    tier: string
    code: string
    evidence: string
    policy: string
    abi: string
    variant: string
    times: number
  }
  attestation_latencies: {
    /** As in `attestation_counts`. */
    span: number
    starts_at: number
    app: string
    outcome: string
    /** Upper bound in microseconds; -1: there is none. */
    at_most: number
    times: number
  }
  /** How many different installations there were within a span of time. */
  installation_counts: {
    app: string
    /** As in `attestation_counts`. */
    span: number
    starts_at: number
    dimension: UserDimension
    value: string
    code: string
    /** Installations that passed, and what they are united by (`operations/users/distinct.ts`); empty for none. */
    passed: number
    passed_members: Uint8Array
    refused: number
    refused_members: Uint8Array
  }
  /** Senders whom hardware vouches for that were refused within the last hour, since the build last passed. */
  proved_refusals: {
    app: string
    build: string
    /** Empty: of the build as a whole. */
    os_version: string
    /** 48 bits of a keyed digest of the vouching key. */
    sender: number
    /** Milliseconds since 1970. */
    refused_at: number
  }
  /** What was judged about some installations, for dry runs. */
  claim_samples: {
    app: string
    /** Days since 1970, UTC. */
    day: number
    rank: number
    /** Milliseconds since 1970. */
    at: number
    build: string
    version_code: number
    is_remembered: Flag
    claims: Json<readonly KeptClaims[]>
    facts: Json<AppraisalFacts>
  }
  packing_dictionaries: {
    /** Of the dictionary, as packed evidence names it. */
    name: string
    words: string
  }
  console_sessions: {
    /** SHA-256 of the session id, lower-case hex. */
    hash: string
    /** Id of the API key that it was opened with. */
    key: string
    /** Both in milliseconds since 1970. */
    created_at: number
    seen_at: number
    /** Over all but the last use. */
    mac: string
  }
  attestation_traces: {
    trace: string
    /** Milliseconds since 1970. */
    happened_at: number
    app: string
    build: string
    outcome: AttestationTrace['outcome']
    code: string
    segments: Json<string[]>
    ear: Json<unknown> | null
    /** JWK thumbprint of the installation key; null: the sender did not prove possession of one. */
    thumbprint: Digest | null
    device: Json<NonNullable<AttestationTrace['device']>> | null
    refused: Json<AttestationTrace['refused']> | null
    /** As in `installation_references`. */
    reference: Uint8Array | null
  }
  /** The names that tokens have, or would have, for the installation of a trace. */
  trace_names: {
    /** The first 48 bits of a pseudonym. */
    name: number
    trace: string
  }
}

/** What repositories are built on: a database of either dialect. */
export type Database = Kysely<Tables>
