import type { Fault } from './fault.ts'
import { killFaults } from './faults/kill.ts'
import { overloadFaults } from './faults/overload.ts'

/** Every fault, in the order of the report. A new one is a file in `faults/` and its line here. */
export const catalogue: readonly Fault[] = [...killFaults, ...overloadFaults]
