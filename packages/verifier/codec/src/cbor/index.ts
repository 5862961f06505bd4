export { decodeCbor, decodeFirstCbor, isCborMap } from './decode.ts'
export type { CborMap, CborOptions, CborOther, CborValue } from './decode.ts'
