import { invalidArgument } from '@assay/protocol'
import type { EvidenceScheme, KeptReceipt, SchemeDescription } from '../port/scheme.ts'
import { assertionKey, verifyAssertion } from './verify-assertion.ts'
import type { AppAttestAssertionClaims, AppAttestClaims, SignedAppState } from './claims.ts'
import { appAttestAssertionClaims, appAttestClaims } from './claims.ts'
import { commitment, assertionDescriptor, descriptor } from './descriptor.ts'
import { assertionContext, attestationContext } from './context.ts'
import { AppAttestError } from './errors.ts'
import { grading } from './grading.ts'
import { inquire, type AskAboutReceipt } from './inquiry.ts'
import { intermediateCache } from './intermediates.ts'
import { assertionItemSchema, parseAssertion, type ParsedAssertion } from './parse-assertion.ts'
import { itemSchema, parse, type ParsedAttestation } from './parse.ts'
import { recall, remember } from './remember.ts'
import { settings, type AppAttestSettings } from './settings.ts'
import type { AppAttestAnchor } from './trust-anchors.ts'
import { verify } from './verify.ts'
import { verifyReceipt } from './verify-receipt.ts'

export const appAttestDescription: SchemeDescription<AppAttestSettings> = {
  descriptor,
  item: itemSchema,
  settings,
  claims: appAttestClaims,
  grading,
  isRemote: false,
  vouchingKeys: [{ kind: 'app-attest-key', isShared: false }],
}

export const appAttestAssertionDescription: SchemeDescription<AppAttestSettings> = {
  descriptor: assertionDescriptor,
  item: assertionItemSchema,
  settings,
  claims: appAttestAssertionClaims,
  isRemote: false,
  asserts: descriptor.name,
  vouchingKeys: [],
}

type AppAttestSchemes = readonly [
  EvidenceScheme<ParsedAttestation, AppAttestSettings, AppAttestClaims>,
  EvidenceScheme<ParsedAssertion, AppAttestSettings, AppAttestAssertionClaims>,
]

/** How to get Apple's fraud metric. */
export interface FraudMetric {
  /** Roots of receipts. */
  readonly anchors: readonly AppAttestAnchor[]
  readonly ask: AskAboutReceipt
}

/**
 * App Attest, for a service that trusts these anchors: attestation of a new key, and assertions by it.
 *
 * @param fraud if left out, no receipt is kept, and Apple is not asked
 */
export function appAttestSchemes(anchors: readonly AppAttestAnchor[], fraud?: FraudMetric): AppAttestSchemes {
  return [attestationScheme(anchors, fraud), assertionScheme]
}

function attestationScheme(
  anchors: readonly AppAttestAnchor[],
  fraud: FraudMetric | undefined,
): AppAttestSchemes[0] {
  const intermediates = intermediateCache()
  const standing = (expected: AppAttestSettings) => ({ anchors, ...expectationOf(expected) })
  return {
    ...appAttestDescription,
    commitment,
    parse,
    async verify(parsed, { settings: expected, commitment: bytes, now }) {
      const context = attestationContext({ commitment: bytes, now, intermediates, ...standing(expected) })
      const verified = await verify(parsed, context)
      const { keyId, publicKey } = verified.claims
      const receipt = fraud === undefined ? undefined : receiptToKeep(verified.claims, fraud, now)
      return {
        verified,
        remembered: remember(verified),
        vouchingKey: { kind: 'app-attest-key', id: keyId },
        assertionKey: publicKey,
        ...(receipt === undefined ? {} : { receipt }),
      }
    },
    recall: (remembered, { settings: expected }) => recall(remembered, standing(expected)),
    ...(fraud === undefined
      ? {}
      : {
          inquire: async (kept: KeptReceipt<AppAttestClaims>, { now, secret }) =>
            inquire(kept, { ...fraud, now, secret: await secret() }),
        }),
    versionCode,
    isKeyInHardware: () => true,
    // The team in the app id stands for the signer.
    vouchesForApp: () => true,
  }
}

/** Changing a receipt on its way only loses the claim that it would have led to. */
function receiptToKeep(
  { receipt, appId, publicKey }: AppAttestClaims,
  { anchors }: FraudMetric,
  now: number,
): Uint8Array | undefined {
  if (receipt === undefined) return undefined
  try {
    verifyReceipt(receipt, { anchors, appId, publicKey, type: 'ATTEST', now })
    return receipt
  } catch (error) {
    if (error instanceof AppAttestError) return undefined
    throw error
  }
}

const assertionScheme: AppAttestSchemes[1] = {
  ...appAttestAssertionDescription,
  commitment,
  parse: parseAssertion,
  async verify(parsed, { settings: expected, commitment: bytes, assertion }) {
    if (assertion === undefined)
      throw invalidArgument('an assertion is verified by the key that was attested')
    const context = assertionContext({
      apps: expectationOf(expected).apps,
      commitment: bytes,
      key: await assertionKey(assertion.key),
      previousCounter: assertion.previousCounter,
    })
    const verified = await verifyAssertion(parsed, context)
    return { verified, counter: verified.claims.counter }
  },
  statedCounter: ({ authenticatorData }) => authenticatorData.counter,
  versionCode,
  // The attestation, which is remembered too, states it.
  isKeyInHardware: () => false,
}

function expectationOf({ app_ids, environments, system }: AppAttestSettings) {
  return { apps: app_ids.map((appId) => ({ platform: 'ios', appId }) as const), environments, system }
}

/** A bundle version that is one number, as in a build registered from an IPA. */
function versionCode({ bundleVersion }: SignedAppState): number | undefined {
  return bundleVersion !== undefined && /^\d{1,15}$/.test(bundleVersion) ? Number(bundleVersion) : undefined
}
