import type { SdkManifest } from '@assay/measurement'
import { buildIdPattern, type Channel } from '@assay/protocol'
import type { ApiKey, App } from '@assay/protocol/schemas'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  defaultBuildId,
  differencesOf,
  identifyBuild,
} from '../../../src/provisioning/builds/build-identity.ts'
import type { ReadBuild } from '../../../src/provisioning/builds/reading/reader-messages.ts'

const manifest: SdkManifest = { v: 1, sdk: 'assay-js/0.1.0', functions: {}, exercises: [], probes: [] }
const report: ReadBuild = {
  format: 'apk',
  package: 'com.example.app',
  versionName: '1.2',
  versionCode: 12,
  minSdk: 24,
  targetSdk: 35,
  debuggable: false,
  testOnly: false,
  signers: ['a'.repeat(64)],
  schemes: ['v2'],
  codeSignature: [],
  sealed: false,
  splits: null,
  framework: 'native',
  segments: [{ name: 'classes.dex', kind: 'dex', length: 1000, sha256: 'c'.repeat(64) }],
  imageDigest: 'd'.repeat(64),
  warnings: [],
  sdk: { sdk: 'assay-js/0.1.0', manifest },
}
const app: App = {
  id: 'com.example.app',
  platform: 'android',
  name: 'x',
  package: 'com.example.app',
  signers: ['a'.repeat(64)],
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
  created_at: '',
}
const requested = {
  id: undefined,
  base: undefined,
  variant: undefined,
  replace: undefined,
  coverage: 'image' as const,
  channel: undefined as Channel | undefined,
  expiresAt: undefined as string | undefined,
  differenceUntil: undefined as string | undefined,
  allowDebuggable: false,
  newSigner: false,
  newTeam: false,
  allowDebugSigner: false,
  versionCode: undefined,
  abis: undefined as readonly string[] | undefined,
}
const key = (scope: ApiKey['scope']): ApiKey => ({
  id: 'k',
  name: 'k',
  scope,
  apps: [],
  public_key: null,
  let_through: false,
  expires_at: null,
  last_used_at: null,
  created_at: '',
})
const identify = (
  more: Partial<ReadBuild> = {},
  options: Partial<typeof requested> = {},
  scope: ApiKey['scope'] = 'admin',
) => identifyBuild({ ...report, ...more }, { ...requested, ...options }, { app, apiKey: key(scope), now: 0 })

describe('the identity of a build', () => {
  it('refuses a debuggable build unless it is asked for, and then records it', () => {
    expect(() => identify({ debuggable: true, warnings: ['debuggable'] })).toThrow(
      expect.objectContaining({ code: 'build_debuggable' }),
    )
    const { build } = identify({ debuggable: true, warnings: ['debuggable'] }, { allowDebuggable: true })
    expect(build).toMatchObject({ debuggable: true, warnings: ['debuggable'] })
  })

  it('is for production and without an end unless it is asked for, and no build ends before it begins', () => {
    expect(identify().build).toMatchObject({ channel: 'production', expires_at: null })
    const asked = { channel: 'beta', expiresAt: '1970-01-01T01:00:00+00:59' } as const
    expect(identify({}, asked).build).toMatchObject({
      channel: 'beta',
      expires_at: '1970-01-01T00:01:00.000Z',
    })
    expect(() => identify({}, { expiresAt: '1970-01-01T00:00:00Z' })).toThrow(
      expect.objectContaining({ errors: [{ pointer: '/expires_at', code: 'past' }] }),
    )
    expect(differencesOf(identify().build, identify({}, { channel: 'internal' }).build)).toEqual(['channel'])
  })

  it('names the SDK, and warns where there is none or where it cannot be shown', () => {
    expect(identify().build).toMatchObject({ sdk: 'assay-js/0.1.0', warnings: [] })
    expect(identify({ sdk: null }).build).toMatchObject({ sdk: null, warnings: ['no_sdk_segment'] })
    expect(identify({ sdk: { sdk: 'assay-js/9.0.0', manifest: null } }).build).toMatchObject({
      sdk: 'assay-js/9.0.0',
      warnings: ['sdk_manifest_incomplete'],
    })
  })

  it('refuses another package', () => {
    expect(() => identify({ package: 'com.example.other' })).toThrow(
      expect.objectContaining({ code: 'package_mismatch' }),
    )
  })

  it('accepts a new signer only from an admin, also next to a known one', () => {
    const signers = ['a'.repeat(64), 'b'.repeat(64)]
    expect(() => identify({ signers }, {}, 'registration')).toThrow(
      expect.objectContaining({ code: 'signer_not_registered' }),
    )
    expect(() => identify({ signers })).toThrow(expect.objectContaining({ code: 'signer_new' }))
    expect(identify({ signers }, { newSigner: true })).toMatchObject({
      newSigners: ['b'.repeat(64)],
      build: { warnings: ['new_signer_recorded'] },
    })
    expect(identify({}, {}, 'registration')).toMatchObject({ newSigners: [], build: { warnings: [] } })
  })

  it('accepts a debug or public test key only with consent, and does not add it to the app', () => {
    const debug = { signers: ['b'.repeat(64)], warnings: ['signed_with_debug_certificate' as const] }
    const testkey = { signers: ['a40da80a59d170caa950cf15c18c454d47a39b26989d8b640ecd745ba71bf5dc'] }
    for (const report of [debug, testkey]) {
      expect(() => identify(report, { newSigner: true })).toThrow(
        expect.objectContaining({ code: 'build_debug_signer' }),
      )
      expect(identify(report, { allowDebugSigner: true }).newSigners).toEqual([])
      // A phone would vouch for a patched app that anyone has signed.
      expect(() =>
        identify(report, { allowDebugSigner: true, differenceUntil: '1970-01-02T00:00:00.000Z' }),
      ).toThrow(
        expect.objectContaining({
          code: 'request_invalid',
          errors: [{ pointer: '/difference_until', code: 'debug_signer' }],
        }),
      )
    }
  })

  it('refuses a build of which no plan can be drawn up', () => {
    expect(() => identify({}, { coverage: 'scripts' as 'image' })).toThrow(
      expect.objectContaining({ code: 'build_refused', reason: 'IMAGE_EMPTY' }),
    )
  })

  it.each<[Partial<ReadBuild>, string]>([
    [{}, '1.2+12'],
    [{ versionName: null }, '12'],
    [{ versionName: '' }, '12'],
    [{ versionName: '2.0 (beta/ü)' }, '2.0__beta___+12'],
    [{ versionName: '-1' }, '1+12'],
    [{ versionName: '…' }, '12'],
  ])('takes its id from %j', (more, id) => {
    expect(identify(more).build.id).toBe(id)
  })

  it('always has a well-formed id', () => {
    fc.assert(
      fc.property(
        fc.option(fc.string({ maxLength: 300, unit: 'binary' })),
        fc.maxSafeNat(),
        (versionName, versionCode) => {
          expect(defaultBuildId({ versionName, versionCode })).toMatch(buildIdPattern)
        },
      ),
    )
  })

  it('is the same only with the same code, version, coverage and signers', () => {
    const { build } = identify()
    expect(
      differencesOf(build, { ...build, state: 'retired', created_at: 'later', warnings: ['test_only'] }),
    ).toEqual([])
    for (const more of [
      { image_digest: 'e'.repeat(64) },
      { signers: ['b'.repeat(64)] },
      { version_code: 13 },
      { coverage: 'scripts' as const },
      { debuggable: true },
    ]) {
      expect(differencesOf(build, { ...build, ...more })).toEqual(Object.keys(more))
    }
  })
})
