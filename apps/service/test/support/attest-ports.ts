import { decodeChallenge, type AttestationRequest, type ChallengeHead } from '@assay/protocol'
import type { Api, App, BuildSummary } from '@assay/protocol/schemas'
import { appraise, softwareOnlyPolicy } from '@assay/appraisal'
import { schemeRegistry, type EvidenceScheme, type Verified } from '@assay/evidence'
import { exampleScheme } from '@assay/evidence/example'
import { expect } from 'vitest'
import { fixedRandom } from '@assay/testkit/fixed'
import {
  createPlatformVerifier,
  type PlatformVerifier,
} from '../../src/attestation/evidence/platform-evidence.ts'
import type { PlannedBuild } from '../../src/attestation/measurement/measurements.ts'
import { createAttest, type AttestPorts } from '../../src/attestation/attest.ts'
import { unwrapped } from '../../src/attestation/speed/step-wrapper.ts'
import { clientDataForm } from '../../src/composition/client-data-form.ts'
import { createMemorySingleUse } from '../../src/attestation/single-use.ts'
import { createChallengeKeys } from '../../src/attestation/challenge/challenge-keys.ts'
import { StorageError } from '../../src/storage/index.ts'
import { makeKey, signed } from './device.ts'

export const sender = { network: '192.0.2', userAgent: '' }
export const now = 1_700_000_000_000
export const app = {
  id: 'com.example.app',
  min_version_code: 0,
  beta_min_version_code: null,
  internal_min_version_code: null,
  platform: 'web',
  evidence: {},
} as unknown as App
const build = {
  ...{ app: app.id, id: '1', state: 'active', version_code: 0, splits: null },
  ...{ variants: [], first_ended_at: null },
  ...{ channel: 'production', expires_at: null, difference_until: null, warnings: [] },
} as unknown as BuildSummary
export const api = {
  audience: 'https://api.example.com',
  apps: [app.id],
  mode: 'bound',
  channels: ['production'],
  tiers: ['warning'],
  enforcement: 'enforce',
  token: 'attestation',
} as unknown as Api
const random = fixedRandom('service')
export const storeAway = new StorageError('STORAGE_UNAVAILABLE', 'away')

const measured = {
  format: 'software',
  claims: {
    measured: true,
    app: app.id,
    build: '1',
    platform: 'web',
    versionCode: 0,
    coverage: 'image',
    debuggable: false,
    live: 'matched',
    probes: {},
  },
} as unknown as Verified<unknown>
export const plannedBuild = {
  plan: { probes: [] },
  registered: { build, image: {} },
  sdk: {},
} as unknown as PlannedBuild

const scheme = exampleScheme({
  anchors: [],
  revocation: { stateOf: () => Promise.reject(new Error('not asked')) },
})

/** Evidence that a vouching key vouches for. */
export const platformWithVouchingKey: PlatformVerifier = {
  stated: () => null,
  isAsked: () => false,
  demandsHardwareKey: () => false,
  isAssertion: () => false,
  attestsInstallationKey: () => false,
  unvouchedPerDay: () => undefined,
  asserted: () => undefined,
  known: () => [],
  recall: () => Promise.reject(new Error('not asked')),
  verify: async () => ({
    fresh: [
      {
        scheme,
        verified: { format: 'a-format', claims: {} } as Verified<unknown>,
        vouchingKey: { kind: 'a-kind', id: 'k' },
      },
    ],
    recalled: [],
    ages: {},
    expected: { registered: {}, missing: [] },
    unread: [],
    leftOut: [],
    remembered: [],
  }),
}

export const registrations: AttestPorts['registrations'] = {
  findApp: async () => app,
  findBuild: async () => build,
  findApi: async () => api,
}

/** Ports that do what a test wants, and one genuine request to them. */
export function world(more: Partial<AttestPorts> = {}, purpose: ChallengeHead['purpose'] = 1) {
  const challengeKeys = createChallengeKeys({ random, nonces: random, clock: () => now })
  const key = makeKey()
  const challenge = challengeKeys.issue(
    { purpose, flags: 0, epoch: 1 },
    { app: app.id, build: '1', key: key.thumbprint, plan: Buffer.from('plan') },
  )
  const clientData = {
    v: 1,
    challenge,
    plan: Buffer.from('plan').toString('base64url'),
    key: key.jwk,
    app: app.id,
    build: '1',
    sdk: 'test/1',
    audiences: [api.audience],
    measurement: { response: 'A'.repeat(43), tags: {} },
    probes: {},
    evidence: [],
  }
  const ports: AttestPorts = {
    registrations,
    challengeKeys,
    limits: { app: () => undefined },
    measurements: {
      issued: async () => plannedBuild,
      ready: () => ({ image: { image: new Uint8Array(32), segments: [] }, text: undefined }),
      digest: () => Promise.reject(new Error('not asked')),
    },
    clientDataForm,
    pseudonymOf: () => 'A'.repeat(43),
    singleUse: createMemorySingleUse({ capacity: 10, clock: () => now, steady: () => now }),
    checkMeasurement: async () => measured,
    findMatchingBuild: async (error) => error,
    installations: {
      find: () => Promise.reject(new Error('not asked')),
      countEnrolments: () => Promise.reject(new Error('not asked')),
      recall: () => Promise.reject(new Error('not asked')),
      takeBack: () => Promise.reject(new Error('not asked')),
      enrol: () => Promise.reject(new Error('not asked')),
      refresh: () => Promise.reject(new Error('not asked')),
    },
    platform: createPlatformVerifier(schemeRegistry<EvidenceScheme>([scheme]), () =>
      Promise.resolve(undefined),
    ),
    checkUpToDate: () => undefined,
    isBanned: () => Promise.reject(new Error('not asked')),
    isInstallationBanned: async () => false,
    onAppraised: () => undefined,
    isAllowed: () => Promise.reject(new Error('not asked')),
    policyFor: async () => softwareOnlyPolicy,
    bootKeys: async () => new Map(),
    appraise,
    issue: ({ api: { audience } }) => ({ audience, token: 'token', expiresAt: now / 1000 + 300 }),
    clock: () => now,
    patience: 5,
    ...more,
  }
  expect(decodeChallenge(challenge)).toBeDefined()
  return { ports, request: signed(key, clientData) }
}

export const outcomeOf = async (request: AttestationRequest, ports: AttestPorts) =>
  (await createAttest(ports, unwrapped)(request, 'trace', sender)).outcome
