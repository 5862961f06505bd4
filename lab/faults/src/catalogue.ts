import type { Fault } from './fault.ts'
import { clockFaults } from './faults/clock.ts'
import { clusterFaults } from './faults/cluster.ts'
import { connectionFaults } from './faults/connections.ts'
import { databaseFaults } from './faults/database.ts'
import { diskFaults } from './faults/disk.ts'
import { killFaults } from './faults/kill.ts'
import { overloadFaults } from './faults/overload.ts'
import { stopFaults } from './faults/stop.ts'
import { uploadFaults } from './faults/uploads.ts'

/** Every fault, in the order of the report. A new one is a file in `faults/` and its line here. */
export const catalogue: readonly Fault[] = [
  ...killFaults,
  ...stopFaults,
  ...databaseFaults,
  ...diskFaults,
  ...clockFaults,
  ...connectionFaults,
  ...uploadFaults,
  ...overloadFaults,
  ...clusterFaults,
]
