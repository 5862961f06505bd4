export { addressIn } from './address.ts'
export { networkOf, type NetworkBits } from './network.ts'
