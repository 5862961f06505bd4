import {
  playIntegrity,
  playIntegrityContext,
  playIntegrityKeys,
  recall,
  remember,
  type PlayIntegrityClaims,
} from '@assay/evidence/play-integrity'
import type { App, PlayIntegrityKeysInput, PlayIntegritySettings } from '@assay/protocol'
import { playIntegrityKeysOf } from '../../provisioning/apps.usecases.ts'
import { AttestationDenied } from '../../attestation/outcome.ts'
import type { SecretRepository } from '../../storage/repositories/secrets.repository.ts'
import { androidApps } from './android-apps.ts'
import type { PlatformFormat } from '../../attestation/evidence/platform-format.ts'

export interface PlayIntegrityDependencies {
  secrets: Pick<SecretRepository, 'find'>
  /** Asks Google what a token says, within the app's budget. */
  decode: (app: App, token: string) => Promise<unknown>
}

export function playIntegrityFormat({ secrets, decode }: PlayIntegrityDependencies): PlatformFormat {
  const standing = (app: App) => ({ apps: androidApps(app) }) as const
  return {
    name: playIntegrity.descriptor.name,
    isRemote: true,
    isConfigured: ({ evidence }) => evidence.play_integrity !== undefined,
    async accept(item, { app, binding, now }) {
      const { request, max_age: maxAgeSeconds } = settingsOf(app)
      const common = { ...standing(app), commitment: playIntegrity.commitment(binding), now, maxAgeSeconds }
      const context = playIntegrityContext(
        request === 'classic'
          ? { ...common, request, ...(await keysOf(app, secrets)) }
          : { ...common, request, decode: (_package, token) => decode(app, token) },
      )
      const verified = await playIntegrity.verify(playIntegrity.parse(item), context)
      return { verified, remembered: remember(verified) }
    },
    recall: (remembered, { app }) => {
      settingsOf(app)
      return recall(remembered, standing(app))
    },
    versionCode: ({ claims }) => (claims as PlayIntegrityClaims).versionCode,
  }
}

/** Whether the texts are keys as the Play Console gives them out. */
export function arePlayIntegrityKeys(texts: PlayIntegrityKeysInput): boolean {
  try {
    playIntegrityKeys(texts)
    return true
  } catch {
    return false
  }
}

/** @throws Error, a malfunction, where none have been registered */
async function keysOf(app: App, secrets: PlayIntegrityDependencies['secrets']) {
  const kept = await secrets.find(playIntegrityKeysOf(app.id))
  if (kept === undefined) throw new Error('no Play Integrity keys are registered for the app')
  // Only the service writes it, and has checked it then.
  return playIntegrityKeys(JSON.parse(kept.toString('utf8')) as PlayIntegrityKeysInput)
}

function settingsOf({ evidence: { play_integrity: settings } }: App): PlayIntegritySettings {
  if (settings === undefined) throw new AttestationDenied('EVIDENCE_NOT_ADMITTED')
  return settings
}
