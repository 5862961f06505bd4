import { decodeBase64urlOfLength } from '@assay/protocol'
import type { AndroidApp } from './context.ts'
import { PlayIntegrityError } from './errors.ts'
import type { Payload } from './payload.ts'

/** Google must have evaluated the app, and say so: it names no app that it has not evaluated. Returns its verdict. */
export function checkAppRecognition({
  appRecognitionVerdict,
}: Pick<Payload, 'appRecognitionVerdict'>): string {
  if (appRecognitionVerdict === 'UNEVALUATED') throw new PlayIntegrityError('PLAY_INTEGRITY_UNEVALUATED')
  if (appRecognitionVerdict === undefined) throw new PlayIntegrityError('PLAY_INTEGRITY_APP_RECOGNITION')
  return appRecognitionVerdict
}

/** The installed app must be the one for which the verdict was requested: the request alone could name any. */
export function checkPackage({ packageName }: Payload, app: AndroidApp): void {
  if (packageName !== app.package) throw new PlayIntegrityError('PLAY_INTEGRITY_PACKAGE')
}

/**
 * The installed app must have a signing certificate, and all of them must be expected. Returns their digests in hex.
 */
export function checkCertificates({ certificates }: Payload, { signers }: AndroidApp): readonly string[] {
  const digests = certificates.map((certificate) => {
    const digest = decodeBase64urlOfLength(certificate, 32)
    if (digest === undefined) throw new PlayIntegrityError('PLAY_INTEGRITY_CERTIFICATE')
    return Buffer.from(digest).toString('hex')
  })
  checkSigners(digests, signers)
  return Object.freeze(digests)
}

/** @param found the digests that are stated, and `expected` those that may be, both in hex */
export function checkSigners(found: readonly string[], expected: readonly string[]): void {
  if (found.length === 0 || !found.every((digest) => expected.includes(digest)))
    throw new PlayIntegrityError('PLAY_INTEGRITY_CERTIFICATE')
}
