import { hex, int, oneOf, record, text, type ValueOf } from '../port/claim-table.ts'

/** What this format asserts. */
export type ExampleClaims = ValueOf<typeof exampleClaims>

export const exampleClaims = record({
  platform: oneOf('android'),
  package: text,
  /** SHA-256 of the certificate that signed the app, lower-case hex. */
  signer: hex(32),
  /** Serial of the device. */
  device: text,
  /** Unix seconds. */
  madeAt: int,
})
