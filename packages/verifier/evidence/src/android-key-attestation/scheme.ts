import { expectedAndroidApp } from '../port/scheme.ts'
import type {
  EvidenceScheme,
  SchemeApp,
  SchemeDescription,
  StatedDevice,
  VouchingKey,
} from '../port/scheme.ts'
import type { RevocationSource, TrustAnchor } from '../port/verify-context.ts'
import type { AndroidKeyClaims } from './claims.ts'
import { androidKeyClaims } from './claims.ts'
import { commitment, oneKeyCommitment, descriptor } from './descriptor.ts'
import { androidKeyContext } from './context.ts'
import { grading } from './grading.ts'
import { issuerKeys } from './issuer-keys.ts'
import { itemSchema, parse, type ParsedAndroidKey } from './parse.ts'
import { recall, remember } from './remember.ts'
import { settings, type AndroidKeySettings } from './settings.ts'
import { verify } from './verify.ts'

export const androidKeyDescription: SchemeDescription<AndroidKeySettings> = {
  descriptor,
  item: itemSchema,
  settings,
  claims: androidKeyClaims,
  grading,
  isRemote: false,
  vouchingKeys: [
    { kind: 'android-device', isShared: false },
    { kind: 'android-batch', isShared: true },
  ],
}

/** Whom to trust. */
export interface AndroidKeyWorld {
  readonly anchors: readonly TrustAnchor[]
  /** Google's status list. */
  readonly revocation: RevocationSource
}

/** Android Key Attestation, for a service that trusts this world. */
export function androidKeyScheme({
  anchors,
  revocation,
}: AndroidKeyWorld): EvidenceScheme<ParsedAndroidKey, AndroidKeySettings, AndroidKeyClaims> {
  const issuers = issuerKeys()
  const standing = (app: SchemeApp) => ({ anchors, revocation, apps: [expectedAndroidApp(app)] })
  return {
    ...androidKeyDescription,
    commitment,
    oneKeyCommitment,
    parse,
    async verify(parsed, { app, settings: { enrolments_per_day: perDay }, commitment: expected, now }) {
      const context = androidKeyContext({ commitment: expected, now, issuers, ...standing(app) })
      const verified = await verify(parsed, context)
      return {
        verified,
        remembered: remember(verified),
        vouchingKey: vouchingKeyOf(verified.claims, perDay),
        attestedKeySha256: verified.claims.keySha256,
      }
    },
    recall: (remembered, { app }) => recall(remembered, standing(app)),
    versionCode: ({ versionCodes }, packageName) =>
      Object.hasOwn(versionCodes, packageName) ? versionCodes[packageName] : undefined,
    signers: ({ signatureDigests }) => signatureDigests,
    device: stateDevice,
    isKeyInHardware,
    // A system that nobody has verified states whatever it likes about the app.
    vouchesForApp: (claims) =>
      isKeyInHardware(claims) && claims.deviceLocked && claims.verifiedBootState === 'Verified',
    demandsHardwareKey: ({ holder_key: demanded }, { sdk }) =>
      demanded === undefined ? isAndroidSdk(sdk) : demanded === 'hardware',
  }
}

/** Devices write numbers of other forms, too: these are left out. */
function stateDevice({ osVersion, osPatchLevel }: AndroidKeyClaims): StatedDevice {
  const [, major, minor] = /^(\d{1,2})(\d\d)\d\d$/.exec(String(osVersion)) ?? []
  const [, year, month] = /^(20\d\d)(\d\d)$/.exec(String(osPatchLevel)) ?? []
  return {
    osVersion:
      major === undefined || major === '0'
        ? undefined
        : `Android ${major}${minor === '00' ? '' : `.${Number(minor)}`}`,
    patchLevel: year === undefined ? undefined : `${year}-${month}`,
  }
}

const isKeyInHardware = ({ attestationSecurityLevel, keyMintSecurityLevel }: AndroidKeyClaims): boolean =>
  attestationSecurityLevel !== 'Software' && keyMintSecurityLevel !== 'Software'

/** It makes the installation key in the Keystore, and has it attested at its creation. */
function isAndroidSdk(sdk: string | null): boolean {
  return sdk !== null && sdk.startsWith('assay-android/')
}

/** A chain with unknown provisioning counts as one device's, which is the narrower limit. */
function vouchingKeyOf(
  { provisioning, attestationKeySha256: id }: AndroidKeyClaims,
  { device, batch }: AndroidKeySettings['enrolments_per_day'],
): VouchingKey {
  return provisioning === 'factory'
    ? { kind: 'android-batch', id, perDay: batch }
    : { kind: 'android-device', id, perDay: device }
}
