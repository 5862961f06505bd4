import {
  UnreadError,
  type EvidenceScheme,
  type RevocationSource,
  type SchemeDescription,
  type TrustAnchor,
} from '@assay/evidence'
import {
  androidKeyDescription,
  androidKeyScheme,
  googleAnchors,
} from '@assay/evidence/android-key-attestation'
import {
  appAttestAnchor,
  appAttestAssertionDescription,
  appAttestDescription,
  appAttestSchemes,
  appleAppAttestationRoot,
  appleRootCaG3,
  attestationDataUrls,
  type FraudMetric,
  type RootCertificate,
} from '@assay/evidence/apple-app-attest'
import {
  decodingApi,
  playIntegrityDescription,
  playIntegrityScheme,
  UndecodableTokenError,
  type DecodeFor,
} from '@assay/evidence/play-integrity'
import type { CheckedVendors } from '../config/vendors.config.ts'
import type { InstallationRepository } from '../storage/repositories/installations.repository.ts'
import type { Clock } from '../system/ports.ts'
import { callBudget, createReceiptExchange, createTokenDecoder } from '../vendors/index.ts'

/** What the schemes of the product are given of the world. */
export interface SchemeWorld {
  vendors: CheckedVendors
  installations: Pick<InstallationRepository, 'takeVendorCall'>
  /** Google's list of revoked attestation keys. */
  revocation: RevocationSource
  fetch: typeof fetch
  clock: Clock
}

interface ProductScheme {
  descriptions: readonly SchemeDescription[]
  /** For each description the scheme, in the same order. */
  create(world: SchemeWorld): readonly EvidenceScheme[]
}

/** Everything that the product takes evidence of: a new scheme is a line here. */
const product: readonly ProductScheme[] = [
  { descriptions: [appAttestDescription, appAttestAssertionDescription], create: createAppAttest },
  { descriptions: [androidKeyDescription], create: createAndroidKey },
  { descriptions: [playIntegrityDescription], create: createPlayIntegrity },
]

/** What is known of the schemes without a world, in the order of {@link createProductSchemes}. */
export const productSchemes = product.flatMap(({ descriptions }) => descriptions)

export function createProductSchemes(world: SchemeWorld): EvidenceScheme[] {
  return product.flatMap(({ create }) => create(world))
}

function createAppAttest({ vendors, fetch, clock }: SchemeWorld): readonly EvidenceScheme[] {
  const exchange = createReceiptExchange({ fetch, clock })
  const fraud: FraudMetric = {
    anchors: appleAnchors(appleRootCaG3, vendors),
    ask: ({ environment, receipt, key }) =>
      exchange({ url: vendors.receiptApiUrl ?? attestationDataUrls[environment], receipt, key }),
  }
  return appAttestSchemes(appleAnchors(appleAppAttestationRoot, vendors), fraud)
}

/**
 * Roots that are trusted only until a time, in Unix seconds, by name. Google's are not among them: of those only the key
 * counts.
 */
export function expiringAnchors(vendors: CheckedVendors): ReadonlyMap<string, number> {
  const anchors = [appleAppAttestationRoot, appleRootCaG3].flatMap((root) => appleAnchors(root, vendors))
  return new Map(anchors.map(({ name, validity }) => [name, validity.notAfter / 1000]))
}

/** Apple's own, and those of a test world. */
function appleAnchors({ name, pem }: RootCertificate, { appleTestRoots }: CheckedVendors) {
  return [
    appAttestAnchor(name, pem),
    ...appleTestRoots.map((root, i) => appAttestAnchor(`test-root-${i + 1}`, root)),
  ]
}

function createAndroidKey({ vendors, revocation }: SchemeWorld): readonly EvidenceScheme[] {
  const anchors = [...googleAnchors, ...vendors.googleTestRoots.map(testAnchor)]
  return [androidKeyScheme({ anchors, revocation })]
}

function testAnchor(root: CheckedVendors['googleTestRoots'][number], i: number): TrustAnchor {
  return { name: `test-root-${i + 1}`, publicKey: root.publicKey.export({ format: 'der', type: 'spki' }) }
}

function createPlayIntegrity({
  vendors,
  installations,
  fetch,
  clock,
}: SchemeWorld): readonly EvidenceScheme[] {
  const decode = createTokenDecoder({
    api: decodingApi,
    baseUrl: vendors.tokenApiUrl ?? 'https://playintegrity.googleapis.com',
    credentials: vendors.googleCredentials,
    budget: callBudget<DecodeFor>(
      playIntegrityDescription.descriptor.name,
      (call, now) => installations.takeVendorCall(call, now),
      clock,
    ),
    spent: ({ whenSpent }) => (whenSpent === 'warn' ? new UnreadError('PLAY_BUDGET_SPENT') : undefined),
    fetch,
    clock,
    undecodable: (cause) => new UndecodableTokenError({ cause }),
  })
  return [playIntegrityScheme({ decode })]
}
