import { AppImageError } from '../../errors/app-image-error.ts'
import type { SignatureScheme } from '../../report/build-report.ts'
import type { Archive } from '../../zip/archive.ts'
import { verifyJarSignature } from '../jar-signature/index.ts'
import type { ApkManifest } from '../manifest/manifest.ts'
import { readCertificate } from './certificate.ts'
import type { SigningCertificate } from './certificate.ts'
import { contentDigests } from './content-digests.ts'
import { jarEntries } from './jar-entries.ts'
import type { VerifiedScheme } from './scheme-v3.ts'
import { verifySchemeV3 } from './scheme-v3.ts'
import { verifySchemeV2 } from './scheme-v2.ts'
import type { VerifiedSigner } from './signer.ts'
import { blockIds, findSigningBlock } from './signing-block.ts'
import type { SigningBlock } from './signing-block.ts'

/** SDK levels at which devices begin to know a scheme. */
const sinceSdk = { v2: 24, v3: 28 } as const
/** No level is excluded above. */
const maxSdk = 0x7fffffff

export interface SignatureRules {
  minSdk: number
  /**
   * What to do where devices below level 24, which know JAR signatures only, are in range and a newer scheme is
   * there: `required` refuses an APK without one, `if-present` then leaves those devices out.
   */
  jar: 'required' | 'if-present'
}

export interface VerifiedSignatures {
  schemes: SignatureScheme[]
  /** The signers by the newest scheme. */
  newestSigners: SigningCertificate[]
  /** Every signer that some device in range sees, those of the newest devices first. */
  signers: SigningCertificate[]
}

/** The result of each relevant scheme; absent if the APK lacks it or no device in range uses it. */
interface Schemes {
  v31: VerifiedScheme | undefined
  v3: VerifiedScheme | undefined
  v2: VerifiedSigner[] | undefined
}

/**
 * Verifies every scheme that some device from `minSdk` on uses, and that they agree.
 *
 * @throws AppImageError `APK_…`, `JAR_…`
 */
export async function verifySignatures(
  archive: Archive,
  manifest: ApkManifest,
  rules: SignatureRules,
): Promise<VerifiedSignatures> {
  const block = findSigningBlock(archive)
  const schemes = block === undefined ? noSchemes : verifyBlock(archive, block, rules.minSdk)
  const hasBlock = schemes.v31 !== undefined || schemes.v3 !== undefined || schemes.v2 !== undefined
  if (!hasBlock) checkV1IsEnough(manifest)
  const needsJar = rules.minSdk < sinceSdk.v2 || !hasBlock
  const jar = needsJar ? await verifyJar(archive, schemes, rules, hasBlock) : undefined
  checkSchemesAgree(schemes, jar)
  return summarise(schemes, jar)
}

const noSchemes: Schemes = { v31: undefined, v3: undefined, v2: undefined }

function verifyBlock(archive: Archive, block: SigningBlock, minSdk: number): Schemes {
  const v31Value = block.values.get(blockIds.v31)
  const v3Value = block.values.get(blockIds.v3)
  const v2Value = block.values.get(blockIds.v2)
  if (v31Value !== undefined && v3Value === undefined) {
    throw new AppImageError('APK_SCHEME_STRIPPED', 'scheme v3.1 is there without scheme v3')
  }
  const v31 =
    v31Value && verifySchemeV3(v31Value, { coverFrom: undefined, coverTo: maxSdk, rotatedFrom: undefined })
  const rotatedFrom = v31 && Math.min(...v31.signers.map((signer) => signer.minSdk))
  const coverFrom = Math.max(minSdk, sinceSdk.v3)
  const v3 = v3Value && verifySchemeV3(v3Value, { coverFrom, coverTo: maxSdk, rotatedFrom })
  const v2IsSeen = minSdk < sinceSdk.v3 || v3 === undefined
  const v2 =
    v2Value !== undefined && v2IsSeen
      ? verifySchemeV2(v2Value, Math.max(minSdk, sinceSdk.v2), maxSdk, v3 !== undefined)
      : undefined

  const expected = [...(v31?.signers ?? []), ...(v3?.signers ?? []), ...(v2 ?? [])].flatMap(
    ({ digests }) => digests,
  )
  contentDigests(archive, block, new Set(expected.map(({ kind }) => kind))).check(expected)
  return { v31, v3, v2 }
}

/** Android refuses apps of a newer kind that have a JAR signature only. */
function checkV1IsEnough(manifest: ApkManifest): void {
  const targetSdk = manifest.targetSdk ?? manifest.minSdk ?? 1
  if (manifest.targetSandboxVersion > 1 || targetSdk >= 30) {
    throw new AppImageError('APK_SCHEME_TOO_OLD')
  }
}

async function verifyJar(
  archive: Archive,
  schemes: Schemes,
  rules: SignatureRules,
  hasBlock: boolean,
): Promise<SigningCertificate[] | undefined> {
  const entries = await jarEntries(archive)
  const verified = verifyJarSignature({ entries, minSdk: rules.minSdk, maxSdk })
  if (verified === undefined) {
    if (hasBlock && rules.jar === 'if-present') return undefined
    throw new AppImageError('APK_NOT_SIGNED')
  }
  const found = { 2: schemes.v2 !== undefined, 3: schemes.v3 !== undefined }
  for (const declared of verified.declaredSchemes) {
    if ((declared === 2 || declared === 3) && !found[declared]) {
      throw new AppImageError(
        'APK_SCHEME_STRIPPED',
        'a newer signature that the JAR signature names is missing',
      )
    }
  }
  return verified.signers.map((der) => readCertificate(Buffer.from(der)))
}

/** One app, one signer: older schemes must be signed by the same certificate, or by the first of the lineage. */
function checkSchemesAgree(schemes: Schemes, jar: readonly SigningCertificate[] | undefined): void {
  const v2 = schemes.v2?.map(signerOf)
  if (jar !== undefined && v2 !== undefined && !sameCertificates(jar, v2)) throw signersDiffer()
  const older = jar ?? v2
  const v3 = schemes.v3
  if (older === undefined || v3 === undefined) return
  const lineage = schemes.v31?.lineage ?? v3.lineage
  if (older.length !== 1) throw signersDiffer()
  if (lineage === undefined && v3.signers.length !== 1) throw signersDiffer()
  const oldest = lineage?.[0] ?? v3.signers[0]?.certificates[0]
  if (oldest?.sha256 !== older[0]?.sha256) throw signersDiffer()
}

function sameCertificates(a: readonly SigningCertificate[], b: readonly SigningCertificate[]): boolean {
  const known = new Set(a.map(({ sha256 }) => sha256))
  const also = new Set(b.map(({ sha256 }) => sha256))
  return known.size === also.size && [...known].every((sha256) => also.has(sha256))
}

function summarise(schemes: Schemes, jar: SigningCertificate[] | undefined): VerifiedSignatures {
  const v31 = schemes.v31?.signers.map(signerOf)
  const v3 = schemes.v3?.signers.map(signerOf)
  const v2 = schemes.v2?.map(signerOf)
  const listed: readonly (readonly [SignatureScheme, SigningCertificate[] | undefined])[] = [
    ['v1', jar],
    ['v2', v2],
    ['v3', v3],
    ['v3.1', v31],
  ]
  const present = listed.flatMap(([scheme, signers]) => (signers === undefined ? [] : [{ scheme, signers }]))
  const rotated = (v31 ?? v3)?.at(-1)
  const all = [...(rotated ? [rotated] : []), ...present.toReversed().flatMap(({ signers }) => signers)]
  return {
    schemes: present.map(({ scheme }) => scheme),
    newestSigners: rotated ? [rotated] : (v2 ?? jar ?? []),
    signers: [...new Map(all.map((certificate) => [certificate.sha256, certificate])).values()],
  }
}

function signerOf(signer: VerifiedSigner): SigningCertificate {
  return signer.certificates[0]
}

function signersDiffer(): AppImageError {
  return new AppImageError('APK_CERTIFICATE', 'the schemes are signed by different certificates')
}
