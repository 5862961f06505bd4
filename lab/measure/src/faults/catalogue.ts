import type { Fault } from './fault/fault.ts'
import { clockFaults } from './faults/single/clock.ts'
import { clusterFaults } from './faults/cluster.ts'
import { connectionFaults } from './faults/single/connections.ts'
import { databaseFaults } from './faults/single/database.ts'
import { diskFaults } from './faults/single/disk.ts'
import { killFaults } from './faults/single/kill.ts'
import { overloadFaults } from './faults/single/overload.ts'
import { proxyFaults } from './faults/single/proxy.ts'
import { stopFaults } from './faults/single/stop.ts'
import { vendorFaults } from './faults/single/vendors.ts'
import { uploadFaults } from './faults/single/uploads.ts'

/** Every fault, in the order of the report. A new one is a file in `faults/` and its line here. */
export const catalogue: readonly Fault[] = [
  ...killFaults,
  ...stopFaults,
  ...databaseFaults,
  ...diskFaults,
  ...clockFaults,
  ...vendorFaults,
  ...connectionFaults,
  ...uploadFaults,
  ...overloadFaults,
  ...proxyFaults,
  ...clusterFaults,
]
