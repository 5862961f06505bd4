import { X509Certificate } from 'node:crypto'
import type { ExpectedApp, NonEmpty, TrustAnchor } from '@assay/evidence'
import {
  androidKeyAttestation,
  androidKeyContext,
  AndroidKeyError,
  googleAnchors,
  inspectAttestedKey,
  issuerKeys,
  readStatusList,
  statusListSource,
  type AndroidKeyPolicy,
  type ParsedAndroidKey,
} from '@assay/evidence/android-key-attestation'
import type { VectorFormat } from '../format.ts'
import { isRecord, type Vector } from '../vector.ts'

/** The policy of a vector; a member that is missing has its default, or is not checked, and so is `null`. */
interface VectorPolicy {
  readonly minSecurityLevel?: AndroidKeyPolicy['minSecurityLevel']
  readonly requireVerifiedBoot?: boolean
  readonly requireLocked?: boolean
  readonly packageNames?: readonly string[] | null
  readonly signatureDigests?: readonly string[] | null
  readonly minOsPatchLevel?: number | null
}

const issuers = issuerKeys()

export const androidKey: VectorFormat = {
  async verify({ input, context, trust, verifyAt }) {
    const policy: VectorPolicy = isRecord(context['policy']) ? context['policy'] : {}
    const parsed = androidKeyAttestation.parse({
      format: androidKeyAttestation.descriptor.name,
      chain: chainOf(input['chain']),
    })
    const now = Date.parse(verifyAt) / 1000
    const list = readStatusList(context['revocation'] ?? { entries: {} })
    const expected = androidKeyContext({
      commitment: commitmentOf(context['challenge'], parsed),
      now,
      anchors: anchorsOf(trust.anchors),
      revocation: statusListSource(() => ({ list, readAt: now }), { maxAge: 1, now: () => now }),
      apps: appsOf(policy, parsed),
      policy: policyOf(policy),
      issuers,
    })
    // The product always checks the app. Where a vector names none, everything else is looked into.
    if ((policy.packageNames ?? policy.signatureDigests ?? null) === null)
      return { ...(await inspectAttestedKey(parsed, expected)) }
    const { claims } = await androidKeyAttestation.verify(parsed, expected)
    return { ...claims }
  },
  rejectCode: (error) => (error instanceof AndroidKeyError ? error.code : undefined),
}

function chainOf(chain: unknown): string[] {
  if (!Array.isArray(chain)) throw new TypeError('a vector of a key attestation holds a chain')
  return chain.map((each) => Buffer.from(String(each), 'base64').toString('base64url'))
}

/** Where the vector checks no challenge, that of the chain. A context without any cannot be made. */
function commitmentOf(challenge: unknown, { statement }: ParsedAndroidKey): Uint8Array {
  const bytes = typeof challenge === 'string' ? Buffer.from(challenge, 'base64') : statement?.challenge
  return bytes === undefined || bytes.length === 0 ? Buffer.from('a challenge') : bytes
}

function anchorsOf(anchors: Vector['trust']['anchors']): readonly TrustAnchor[] {
  if (anchors === 'google') return googleAnchors
  if (!Array.isArray(anchors)) throw new TypeError('a vector of a key attestation names its anchors')
  return anchors.map((pem: string) => {
    const { publicKey } = new X509Certificate(pem)
    return { name: 'vector', publicKey: publicKey.export({ format: 'der', type: 'spki' }) }
  })
}

/** What a vector does not check is taken from the chain: names of packages, or who signed them. */
function appsOf(policy: VectorPolicy, { statement }: ParsedAndroidKey): readonly ExpectedApp[] {
  const stated = statement?.applicationId
  const names = filled(policy.packageNames ?? stated?.packages.map(({ name }) => name))
  const signers = filled(policy.signatureDigests ?? stated?.signatureDigests)
  return names.map((name) => ({ platform: 'android', package: name, signers }))
}

/** A list that would be empty holds what no chain states. */
function filled(list: readonly string[] | undefined): NonEmpty<string> {
  const [first, ...others] = list ?? []
  return first === undefined ? ['none'] : [first, ...others]
}

function policyOf(policy: VectorPolicy): AndroidKeyPolicy {
  return {
    minSecurityLevel: policy.minSecurityLevel ?? 'TrustedEnvironment',
    requireVerifiedBoot: policy.requireVerifiedBoot ?? true,
    allowedBootKeys: [],
    requireLocked: policy.requireLocked ?? true,
    minOsPatchLevel: policy.minOsPatchLevel ?? null,
  }
}
