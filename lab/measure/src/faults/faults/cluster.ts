import type { Fault } from '../fault/fault.ts'
import { changeFaults } from './cluster/changes.ts'
import { emptyStart } from './cluster/empty-start.ts'
import { failOverFaults } from './cluster/fail-over.ts'
import { linkFaults } from './cluster/links.ts'
import { nodeFaults } from './cluster/nodes.ts'
import { overload } from './cluster/overload.ts'
import { race } from './cluster/race.ts'
import { storeFaults } from './cluster/stores.ts'
import { uses } from './cluster/uses.ts'
import { upgrade } from './cluster/versions.ts'

/** Faults of several nodes on PostgreSQL and Valkey. */
export const clusterFaults: readonly Fault[] = [
  uses,
  race,
  ...nodeFaults,
  ...storeFaults,
  ...failOverFaults,
  ...linkFaults,
  ...changeFaults,
  upgrade,
  emptyStart,
  overload,
]
