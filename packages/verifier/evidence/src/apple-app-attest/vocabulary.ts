import { bool, int, oneOf, opaque, optional, record, text } from '../port/claim-type.ts'

const signedAppState = {
  validationCategory: optional(int),
  bundleVersion: optional(text),
  codeDirectoryHash: optional(text),
} as const

export const appAttestClaims = record({
  ...signedAppState,
  platform: oneOf('ios'),
  appId: text,
  environment: oneOf('production', 'development'),
  counter: int,
  keyId: text,
  publicKey: opaque,
  macFullSecurity: bool,
  anchorSha256: text,
  certificate: record({ sha256: text, serialNumber: text, notAfter: int }),
  receipt: optional(opaque),
  riskMetric: optional(int),
})

export const appAttestAssertionClaims = record({
  ...signedAppState,
  platform: oneOf('ios'),
  appId: text,
  counter: int,
})
