import { decodeBase64urlOfLength } from '@assay/protocol'
import type { AndroidApp } from '../context.ts'
import { PlayIntegrityError } from '../errors.ts'
import type { Payload } from '../payload.ts'

/** The installed app has a signing certificate, and every one it has is expected. Returns their digests in hex. */
export function checkCertificates({ certificates }: Payload, { signers }: AndroidApp): readonly string[] {
  const digests = certificates.map((certificate) => {
    const digest = decodeBase64urlOfLength(certificate, 32)
    return digest === undefined ? '' : Buffer.from(digest).toString('hex')
  })
  if (digests.length === 0 || !digests.every((digest) => signers.includes(digest))) {
    throw new PlayIntegrityError('PLAY_INTEGRITY_CERTIFICATE')
  }
  return Object.freeze(digests)
}
