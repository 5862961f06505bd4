export type { Attack, Level } from './attack/attack.ts'
export type { Report } from './report.ts'
export {
  attackHermes,
  attackKotlin,
  attackSwift,
  hermesAttacks,
  kotlinAttacks,
  swiftAttacks,
} from './sdk-attacks.ts'
export type { AttackedSdk } from './sdk-attacks.ts'
