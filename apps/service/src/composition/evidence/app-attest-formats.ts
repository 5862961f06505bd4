import {
  appAttestAnchor,
  appleAppAttest,
  appleAppAttestAssertion,
  appleAppAttestationRoot,
  assertionContext,
  assertionKey,
  attestationContext,
  intermediateCache,
  recall,
  remember,
  type AppAttestAnchor,
  type AppAttestClaims,
} from '@assay/evidence/apple-app-attest'
import type { Verified } from '@assay/evidence'
import type { App, AppAttestSettings } from '@assay/protocol'
import { AttestationDenied } from '../../attestation/outcome.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { PlatformFormat } from '../../attestation/evidence/platform-format.ts'

/** @param testRoots PEM, for a service that is tried out on loopback */
export function appAttestFormats(testRoots: readonly string[]): readonly PlatformFormat[] {
  const { name, pem } = appleAppAttestationRoot
  const anchors = [
    appAttestAnchor(name, pem),
    ...testRoots.map((root, i) => appAttestAnchor(`test-root-${i + 1}`, root)),
  ]
  const isConfigured = ({ evidence }: App) => evidence.apple_app_attest !== undefined
  return [
    { ...attestation(anchors), isConfigured, isRemote: false },
    { ...assertion, isConfigured, isRemote: false },
  ]
}

function attestation(anchors: readonly AppAttestAnchor[]): Omit<PlatformFormat, 'isConfigured' | 'isRemote'> {
  const intermediates = intermediateCache()
  const standing = (app: App) => ({ ...expectation(app), anchors })
  return {
    name: appleAppAttest.descriptor.name,
    signedBy: appleAppAttestAssertion.descriptor.name,
    versionCode,
    isOfHardware: () => true,
    async accept(item, { app, binding, now }) {
      const context = attestationContext({
        ...standing(app),
        commitment: appleAppAttest.commitment(binding),
        now,
        intermediates,
      })
      const verified = await appleAppAttest.verify(appleAppAttest.parse(item), context)
      const { keyId, publicKey, receipt } = verified.claims
      return {
        verified,
        remembered: remember(verified),
        anchor: { kind: 'app-attest-key', id: keyId },
        assertionKey: publicKey,
        ...(receipt === undefined ? {} : { receipt }),
      }
    },
    recall: (remembered, { app }) => recall(remembered, standing(app)),
  }
}

const assertion: Omit<PlatformFormat, 'isConfigured' | 'isRemote'> = {
  name: appleAppAttestAssertion.descriptor.name,
  versionCode,
  async accept(item, { app, installation, binding }) {
    const known = installation?.assertion
    // Which key it verifies with is remembered, never sent.
    if (installation === undefined || known === undefined) throw new ProblemError('enrolment_required')
    const isRepeated = installation.binding === binding
    const context = assertionContext({
      apps: expectation(app).apps,
      commitment: appleAppAttestAssertion.commitment(binding),
      key: await assertionKey(known.key),
      previousCounter: isRepeated ? Math.max(0, known.counter - 1) : known.counter,
    })
    const verified = await appleAppAttestAssertion.verify(appleAppAttestAssertion.parse(item), context)
    return { verified, counter: verified.claims.counter }
  },
}

/** Apple's bundle version is a text; a number where it is a plain one. */
function versionCode({ claims }: Verified<unknown>): number | undefined {
  const { bundleVersion } = claims as Pick<AppAttestClaims, 'bundleVersion'>
  return bundleVersion !== undefined && /^\d{1,15}$/.test(bundleVersion) ? Number(bundleVersion) : undefined
}

function expectation({ evidence }: App) {
  const { app_ids, environments, system } = settingsOf(evidence)
  return {
    apps: app_ids.map((appId) => ({ platform: 'ios', appId }) as const),
    environments,
    system,
  }
}

function settingsOf({ apple_app_attest: settings }: App['evidence']): AppAttestSettings {
  // Remembered evidence of a kind that has been switched off since counts no more.
  if (settings === undefined) throw new AttestationDenied('EVIDENCE_NOT_ADMITTED')
  return settings
}
