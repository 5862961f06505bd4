import { describe, expect, it } from 'vitest'
import {
  playIntegrity,
  playIntegrityContext,
  playIntegrityKeys,
  UndecodableTokenError,
  type PlayIntegrityErrorCode,
} from '@assay/evidence/play-integrity'
import type { EvidenceItem } from '@assay/protocol'
import { createGooglePlay, playIntegrityFaults, type PlayIntegrityFault } from '../../src/index.ts'
import { codeOf } from '../verifying.ts'

const now = Date.parse('2026-11-25T12:00:00Z')
const binding = 'Yk3nFq0b0m3F0bJ5zJmD0Wn4mE2r3TtYk3nFq0b0m3F'
const app = { package: 'com.example.app', versionCode: 42, signers: ['ab'.repeat(32)] }
const play = createGooglePlay({ now: () => now })

const common = {
  commitment: playIntegrity.commitment(binding),
  now: now / 1000,
  apps: [{ platform: 'android', package: app.package, signers: ['ab'.repeat(32)] }],
  maxAgeSeconds: 300,
} as const

const decode = async (name: string, token: string) => {
  const verdict = play.decode(name, token)
  if (verdict === undefined) throw new UndecodableTokenError()
  return verdict
}
const contexts = {
  classic: playIntegrityContext({ ...common, request: 'classic', ...playIntegrityKeys(play.keys) }),
  standard: playIntegrityContext({ ...common, request: 'standard', decode }),
}
const verified = async (asked: EvidenceItem | Promise<EvidenceItem>, request: keyof typeof contexts) =>
  (await playIntegrity.verify(playIntegrity.parse(await asked), contexts[request])).claims

describe.each(['classic', 'standard'] as const)('a token of a %s request', (request) => {
  it('says what Google says of the genuine app on a genuine device', async () => {
    expect(await verified(play[request]({ binding, app }), request)).toMatchObject({
      package: app.package,
      signers: app.signers,
      versionCode: 42,
      requestedAt: now / 1000,
      appRecognitionVerdict: 'PLAY_RECOGNIZED',
      appLicensingVerdict: 'LICENSED',
    })
  })

  it('is good for its binding only', async () => {
    const item = play[request]({ binding: 'x'.repeat(43), app })
    expect(await codeOf(() => verified(item, request))).toBe('PLAY_INTEGRITY_COMMITMENT')
  })
})

/** What each fault is refused with; `undefined`: it is a claim, of which policy judges. */
const refusals: Readonly<Record<PlayIntegrityFault, PlayIntegrityErrorCode | undefined>> = {
  'other-request-package': 'PLAY_INTEGRITY_REQUEST_PACKAGE',
  'other-package': 'PLAY_INTEGRITY_PACKAGE',
  'other-signer': 'PLAY_INTEGRITY_CERTIFICATE',
  'other-version': undefined,
  'not-recognised': undefined,
  'not-evaluated': 'PLAY_INTEGRITY_UNEVALUATED',
  'other-binding': 'PLAY_INTEGRITY_COMMITMENT',
  stale: 'PLAY_INTEGRITY_STALE',
  'from-the-future': 'PLAY_INTEGRITY_FUTURE',
  'no-device-integrity': undefined,
  'basic-integrity-only': undefined,
  'test-response': 'PLAY_INTEGRITY_TEST_RESPONSE',
  unlicensed: undefined,
}

describe('faults', () => {
  it.each(playIntegrityFaults)('%s', async (fault) => {
    const item = play.classic({ binding, app, fault })
    expect(await codeOf(() => verified(item, 'classic'))).toBe(refusals[fault] ?? 'accepted')
  })

  it.each([
    ['other-version', { versionCode: 1 }],
    ['not-recognised', { appRecognitionVerdict: 'UNRECOGNIZED_VERSION' }],
    ['no-device-integrity', { deviceRecognitionVerdict: [] }],
    ['basic-integrity-only', { deviceRecognitionVerdict: ['MEETS_BASIC_INTEGRITY'] }],
    ['unlicensed', { appLicensingVerdict: 'UNLICENSED' }],
  ] as const)('%s is a claim, for policies to judge', async (fault, claims) => {
    expect(await verified(play.classic({ binding, app, fault }), 'classic')).toMatchObject(claims)
  })
})

it('reads no token of another package, and none that it has not given', async () => {
  const { token } = play.standard({ binding, app }) as unknown as { token: string }
  expect(play.decode('com.example.other', token)).toBeUndefined()
  expect(play.decode(app.package, token.slice(1))).toBeUndefined()
  expect(play.decode(app.package, token)).toBeDefined()
})
