/** Keys that hardware vouches by: an App Attest key, or the attestation key of one device or of a batch of them. */
export const anchorKinds = ['app-attest-key', 'android-device', 'android-batch'] as const
export type AnchorKind = (typeof anchorKinds)[number]

/** An anchor that vouches for nothing more at an app. */
export interface AnchorBan {
  app: string
  kind: AnchorKind
  /** App Attest: key identifier, base64url. Android: SHA-256 of the attestation key's SubjectPublicKeyInfo, hex. */
  anchor: string
  /** RFC 3339. */
  created_at: string
}

/** Body of `POST /v1/apps/{app}/bans`: an installation as the tokens of an API name it. */
export interface BanInput {
  audience: string
  /** The claim `installation`. */
  installation: string
  /** Needed to ban a batch: its key is in thousands of devices. */
  batch?: boolean | undefined
}
