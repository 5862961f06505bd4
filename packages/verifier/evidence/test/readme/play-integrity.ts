import {
  playIntegrity,
  playIntegrityContext,
  playIntegrityKeys,
  type PlayIntegrityClaims,
} from '@assay/evidence/play-integrity'

const apps = [{ platform: 'android', package: 'com.example.app', signers: ['ab'.repeat(32)] }] as const

/** `keys`: the two texts of the Play Console. `nonce`: what the app passed to `setNonce`. */
export async function verifyToken(
  sent: { nonce: string; token: string },
  keys: { decryption: string; verification: string },
  now: number, // Unix seconds
): Promise<PlayIntegrityClaims> {
  const parsed = playIntegrity.parse({ format: 'play-integrity', token: sent.token })
  const context = playIntegrityContext({
    ...playIntegrityKeys(keys),
    commitment: Buffer.from(sent.nonce),
    request: 'classic',
    maxAgeSeconds: 300,
    ...{ now, apps },
  })
  const { claims } = await playIntegrity.verify(parsed, context)
  return claims
}

/** Verified is not good: which verdicts are good enough is up to you. */
export function isGoodVerdict(claims: PlayIntegrityClaims): boolean {
  return (
    claims.appRecognitionVerdict === 'PLAY_RECOGNIZED' &&
    claims.deviceRecognitionVerdict.includes('MEETS_DEVICE_INTEGRITY')
  )
}
