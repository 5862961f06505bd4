import { int, oneOf, record, text } from '../port/claim-type.ts'

export const exampleClaims = record({
  platform: oneOf('android'),
  package: text,
  signer: text,
  device: text,
  madeAt: int,
})
