export { parseSignedAttributes } from './signed-attributes.ts'
export type { SignedAttributes } from './signed-attributes.ts'
export { cmsOid, parseSignedData } from './signed-data.ts'
export type { SignedData, SignedDataOptions, SignerIdentifier, SignerInfo } from './signed-data.ts'
