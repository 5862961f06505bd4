import { int, oneOf, record, text } from '../port/claim-type.ts'

/** What this format asserts. */
export interface ExampleClaims {
  readonly platform: 'android'
  readonly package: string
  /** SHA-256 of the certificate that signed the app, lower-case hex. */
  readonly signer: string
  /** Serial of the device. */
  readonly device: string
  /** Unix seconds. */
  readonly madeAt: number
}

export const exampleClaims = record({
  platform: oneOf('android'),
  package: text,
  signer: text,
  device: text,
  madeAt: int,
})
