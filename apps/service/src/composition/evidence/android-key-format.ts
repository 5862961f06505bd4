import { createHash, createPublicKey } from 'node:crypto'
import type { RevocationSource, TrustAnchor } from '@assay/evidence'
import {
  androidKeyAttestation,
  androidKeyContext,
  googleAnchors,
  issuerKeys,
  oneKeyCommitment,
  recall,
  remember,
  type AndroidKeyClaims,
} from '@assay/evidence/android-key-attestation'
import type { AndroidKeySettings, App, PublicJwk } from '@assay/protocol'
import { AttestationDenied } from '../../attestation/outcome.ts'
import { androidApps } from './android-apps.ts'
import type { PlatformFormat } from '../../attestation/evidence/platform-format.ts'

/** @param testAnchors for a service that is tried out on loopback */
export function androidKeyFormat(
  revocation: RevocationSource,
  testAnchors: readonly TrustAnchor[],
): PlatformFormat {
  const anchors = [...googleAnchors, ...testAnchors]
  const issuers = issuerKeys()
  const standing = (app: App) => ({ anchors, revocation, apps: androidApps(app) })
  return {
    name: androidKeyAttestation.descriptor.name,
    isRemote: false,
    attestsInstallationKey: true,
    isConfigured: ({ evidence }) => evidence.android_key_attestation !== undefined,
    async accept(item, { app, key, binding, oneKeyChallenge, now }) {
      const { enrolments_per_day: perDay } = settingsOf(app)
      const commitment =
        oneKeyChallenge === undefined
          ? androidKeyAttestation.commitment(binding)
          : oneKeyCommitment(oneKeyChallenge)
      const context = androidKeyContext({ ...standing(app), commitment, now, issuers })
      const verified = await androidKeyAttestation.verify(androidKeyAttestation.parse(item), context)
      const { claims } = verified
      if (oneKeyChallenge !== undefined && claims.keySha256 !== spkiDigest(key))
        throw new AttestationDenied('EVIDENCE_OTHER_KEY')
      return { verified, remembered: remember(verified), ...anchorOf(claims, perDay) }
    },
    recall: (remembered, { app }) => {
      settingsOf(app)
      return recall(remembered, standing(app))
    },
    versionCode: ({ claims }, packageName) => (claims as AndroidKeyClaims).versionCodes[packageName],
    isOfHardware({ claims }) {
      const { attestationSecurityLevel, keyMintSecurityLevel } = claims as AndroidKeyClaims
      return attestationSecurityLevel !== 'Software' && keyMintSecurityLevel !== 'Software'
    },
  }
}

/** A chain whose provisioning is not known counts as one device's: the narrower limit. */
function anchorOf(
  { provisioning, attestationKeySha256: id }: AndroidKeyClaims,
  { device, batch }: AndroidKeySettings['enrolments_per_day'],
) {
  return provisioning === 'factory'
    ? { anchor: { kind: 'android-batch', id } as const, perDay: batch }
    : { anchor: { kind: 'android-device', id } as const, perDay: device }
}

function spkiDigest(key: PublicJwk): string {
  const spki = createPublicKey({ key: { ...key }, format: 'jwk' }).export({ format: 'der', type: 'spki' })
  return createHash('sha256').update(spki).digest('hex')
}

function settingsOf({ evidence: { android_key_attestation: settings } }: App): AndroidKeySettings {
  if (settings === undefined) throw new AttestationDenied('EVIDENCE_NOT_ADMITTED')
  return settings
}
