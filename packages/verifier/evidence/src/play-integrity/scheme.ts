import { expectedAndroidApp } from '../port/scheme.ts'
import type { Asker, EvidenceScheme, SchemeApp, SchemeDescription } from '../port/scheme.ts'
import type { PlayIntegrityClaims } from './claims.ts'
import { playIntegrityClaims } from './claims.ts'
import { commitment, descriptor } from './descriptor.ts'
import { playIntegrityContext } from './context.ts'
import type { PlayIntegrityErrorCode } from './errors.ts'
import { grading } from './grading.ts'
import { playIntegrityKeys, type PlayIntegrityKeys } from './keys.ts'
import { itemSchema, parse, type ParsedToken } from './parse.ts'
import { recall, remember } from './remember.ts'
import { budgetOf, keysSchema, settings, type CallBudget, type PlayIntegritySettings } from './settings.ts'
import { verify } from './verify.ts'

export const playIntegrityDescription: SchemeDescription<PlayIntegritySettings> = {
  descriptor,
  item: itemSchema,
  settings,
  claims: playIntegrityClaims,
  grading,
  isRemote: true,
  vouchingKeys: [],
  // Request, age and the like are checked before.
  saysNothing: ['PLAY_INTEGRITY_UNEVALUATED'] satisfies PlayIntegrityErrorCode[],
}

/** For whose tokens a vendor is asked, and how often it may be asked. */
export interface DecodeFor {
  readonly app: string
  readonly package: string
  readonly asker: Asker
  /** Within a day (UTC). */
  readonly budget: CallBudget
  /** What to do when it is spent. */
  readonly whenSpent: 'refuse' | 'warn'
}

export interface PlayIntegrityWorld {
  /**
   * Asks Google what a token says, as `DecodeToken` does, within the budget of the app. When that is spent it rejects
   * with `UnreadError` if the operator said to go on, otherwise with a malfunction.
   */
  readonly decode: (asked: DecodeFor, token: string) => Promise<unknown>
}

/** Versions of Android by their API level (developer.android.com, `Build.VERSION_CODES`). */
const androidVersions: Readonly<Record<number, string>> = {
  ...{ 23: '6', 24: '7', 25: '7.1', 26: '8', 27: '8.1', 28: '9', 29: '10', 30: '11', 31: '12', 32: '12' },
  ...{ 33: '13', 34: '14', 35: '15', 36: '16' },
}

/** Play Integrity, for a service that can have tokens of standard requests decoded. */
export function playIntegrityScheme({
  decode,
}: PlayIntegrityWorld): EvidenceScheme<ParsedToken, PlayIntegritySettings, PlayIntegrityClaims> {
  const standing = (app: SchemeApp) => ({ apps: [expectedAndroidApp(app)] })
  return {
    ...playIntegrityDescription,
    commitment,
    parse,
    async verify(parsed, { app, settings: expected, commitment: bytes, now, asker, secret }) {
      const { request, max_age: maxAgeSeconds, when_spent: whenSpent = 'refuse' } = expected
      const common = { commitment: bytes, now, maxAgeSeconds, ...standing(app) }
      const budget = budgetOf(expected, asker.isVouchable)
      const asked = { app: app.id, package: app.package, asker, budget, whenSpent }
      const context = playIntegrityContext(
        request === 'classic'
          ? { request, ...common, ...keysOf(await secret()) }
          : { request, decode: (_package, token) => decode(asked, token), ...common },
      )
      const verified = await verify(parsed, context)
      return { verified, remembered: remember(verified) }
    },
    recall: (remembered, { app }) => recall(remembered, standing(app)),
    versionCode: (claims) => claims.versionCode,
    signers: (claims) => claims.signers,
    device: ({ sdkVersion }) => {
      const version = sdkVersion === undefined ? undefined : androidVersions[sdkVersion]
      return { osVersion: version === undefined ? undefined : `Android ${version}` }
    },
    // It is about the device, and does not involve a key.
    isKeyInHardware: () => false,
  }
}

/** @throws Error, a malfunction, if none have been registered */
function keysOf(secret: unknown): PlayIntegrityKeys {
  if (secret === undefined) throw new Error('no Play Integrity keys are registered for the app')
  return playIntegrityKeys(keysSchema.parse(secret))
}
