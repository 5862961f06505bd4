import { createHash } from 'node:crypto'
import type { SegmentSummary } from '@assay/protocol'
import type { App, Build } from '@assay/protocol/schemas'

export const hexOf = (text: string) => createHash('sha256').update(text).digest('hex')

/** A segment that holds `content`. */
export function exampleSegment(
  name: string,
  content: string,
  more: Partial<SegmentSummary> = {},
): SegmentSummary {
  return { name, kind: 'dex', length: content.length, sha256: hexOf(content), ...more }
}

export function exampleApp(more: Partial<App> = {}): App {
  return {
    id: 'com.example.app',
    platform: 'android',
    name: 'Example',
    package: 'com.example.app',
    signers: [],
    store_signers: [],
    upload_signers: [],
    teams: [],
    min_version_code: 0,
    beta_min_version_code: null,
    internal_min_version_code: null,
    probes: [],
    optional_evidence: [],
    evidence_since: {},
    unvouched_per_day: null,
    remedies: [],
    shadow_policy: null,
    references: false,
    let_through_tiers: ['warning'],
    evidence: {},
    policy: null,
    created_at: '2026-11-25T00:00:00Z',
    ...more,
  }
}

export function exampleBuild(more: Partial<Build> = {}): Build {
  return {
    app: 'com.example.app',
    id: '1.0+1',
    format: 'apk',
    package: 'com.example.app',
    version_name: '1.0',
    version_code: 1,
    min_sdk: 24,
    target_sdk: 36,
    debuggable: false,
    signers: [hexOf('signer')],
    schemes: ['v2', 'v3'],
    framework: 'react-native-hermes',
    sdk: 'assay-js/0.1.0',
    coverage: 'image',
    channel: 'production',
    expires_at: null,
    difference_until: null,
    base: null,
    splits: null,
    variants: [],
    first_ended_at: null,
    image_digest: hexOf('image'),
    segments: [],
    warnings: [],
    state: 'active',
    created_at: '2026-11-25T00:00:00.000Z',
    ...more,
  }
}
