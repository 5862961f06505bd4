import { createRowMacs } from '../../../src/storage/database/row-macs.ts'
import { createHash } from 'node:crypto'
import type { SegmentSummary } from '@assay/protocol'
import type { Api, App, AttestationTrace, Build } from '@assay/protocol/schemas'
import type { Enrolment } from '../../../src/attestation/model/installation.ts'

export const hexOf = (text: string) => createHash('sha256').update(text).digest('hex')

export function exampleApp(id: string, more: Partial<App> = {}): App {
  return {
    id,
    platform: 'android',
    name: 'Example',
    package: id,
    signers: [],
    store_signers: [],
    upload_signers: [],
    teams: [],
    min_version_code: 0,
    beta_min_version_code: null,
    internal_min_version_code: null,
    probes: ['js.automation'],
    optional_evidence: [],
    evidence_since: {},
    unvouched_per_day: null,
    remedies: [],
    shadow_policy: null,
    references: false,
    let_through_tiers: ['warning'],
    evidence: {},
    policy: null,
    created_at: '2026-11-25T01:02:03.004Z',
    ...more,
  }
}

export function exampleSegment(name: string, more: Partial<SegmentSummary> = {}): SegmentSummary {
  return { name, kind: 'dex', length: 5, sha256: hexOf(name), ...more }
}

export function exampleBuild(app: string, id: string, more: Partial<Build> = {}): Build {
  return {
    app,
    id,
    format: 'apk',
    package: app,
    version_name: '1.0',
    version_code: 1,
    min_sdk: 24,
    target_sdk: null,
    debuggable: false,
    signers: [hexOf('signer')],
    schemes: ['v2', 'v3'],
    framework: 'native',
    sdk: null,
    coverage: 'image',
    channel: 'production',
    expires_at: null,
    difference_until: null,
    base: null,
    splits: null,
    variants: [],
    first_ended_at: null,
    image_digest: hexOf('image'),
    segments: [exampleSegment('classes.dex'), exampleSegment('lib/arm64-v8a/libapp.so', { kind: 'native' })],
    warnings: ['no_sdk_segment'],
    state: 'active',
    created_at: '2026-11-25T01:02:03.004Z',
    ...more,
  }
}

export function exampleApi(audience: string, apps: string[], more: Partial<Api> = {}): Api {
  return {
    audience,
    name: 'Orders',
    apps,
    token: 'attestation',
    channels: ['production'],
    tiers: ['affirming', 'warning'],
    mode: 'bound',
    enforcement: 'enforce',
    token_lifetime: 300,
    origins: ['https://shop.example'],
    policy: null,
    allow_listed: false,
    created_at: '2026-11-25T01:02:03.004Z',
    ...more,
  }
}

export function exampleTrace(trace: string, more: Partial<AttestationTrace> = {}): AttestationTrace {
  return {
    trace,
    at: '2026-11-25T01:02:03.004Z',
    app: 'com.example',
    build: '1.0+1',
    outcome: 'denied',
    code: 'challenge_used',
    segments: [],
    ear: null,
    key: null,
    device: null,
    refused: [],
    ...more,
  }
}

export function exampleEnrolment(app: string, thumbprint: string, more: Partial<Enrolment> = {}): Enrolment {
  return {
    app,
    thumbprint,
    versionCode: 7,
    abi: undefined,
    holderKey: 'vouched',
    vouchingKey: { kind: 'android-device', id: 'phone' },
    isVouchedAnew: true,
    perDay: 2,
    unvouchedPerDay: undefined,
    evidence: [],
    assertion: undefined,
    receipt: undefined,
    saidDevice: null,
    binding: 'binding',
    names: [],
    ...more,
  }
}

/** The MACs of rows, under a key of tests. */
export const rowMacs = createRowMacs(Buffer.alloc(32, 3))
