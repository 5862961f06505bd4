import { apiKeyRepositorySuite } from '../../api-keys/api-keys.repository.suite.ts'
import { apiRepositorySuite } from '../../apis/apis.repository.suite.ts'
import { appRepositorySuite } from '../../apps/apps.repository.suite.ts'
import { banRepositorySuite } from '../../bans/bans.repository.suite.ts'
import { buildRepositorySuite } from '../../builds/builds.repository.suite.ts'
import { doctorRepositorySuite } from '../../doctor/doctor.repository.suite.ts'
import { installationRepositorySuite } from '../../installations/installations.repository.suite.ts'
import { policyRepositorySuite } from '../../policies/policies.repository.suite.ts'
import { secretRepositorySuite } from '../../secrets/secrets.repository.suite.ts'
import { signingKeyRepositorySuite } from '../../signing-keys/signing-keys.repository.suite.ts'
import { traceRepositorySuite } from '../../traces/traces.repository.suite.ts'
import { migrateSuite } from '../migrations/migrate.suite.ts'
import type { StorageWorld } from './storage-world.ts'

/** What every database must do, whichever dialect it speaks. */
export function storageContract(world: StorageWorld): void {
  migrateSuite(world)
  appRepositorySuite(world)
  buildRepositorySuite(world)
  banRepositorySuite(world)
  apiRepositorySuite(world)
  apiKeyRepositorySuite(world)
  installationRepositorySuite(world)
  policyRepositorySuite(world)
  secretRepositorySuite(world)
  signingKeyRepositorySuite(world)
  traceRepositorySuite(world)
  doctorRepositorySuite(world)
}
