import { brokenLogSuite } from '../audit/broken-log.suite.ts'
import { apiKeyRepositorySuite } from '../repositories/api-keys.repository.suite.ts'
import { apiRepositorySuite } from '../repositories/apis.repository.suite.ts'
import { appRepositorySuite } from '../repositories/apps.repository.suite.ts'
import { banRepositorySuite } from '../repositories/bans.repository.suite.ts'
import { buildAuthoritySuite } from '../repositories/builds-authority.suite.ts'
import { buildRepositorySuite } from '../repositories/builds.repository.suite.ts'
import { enrolmentSuite } from '../repositories/enrolments.suite.ts'
import { fleetRepositorySuite } from '../repositories/fleet.repository.suite.ts'
import { sampleRepositorySuite } from '../repositories/claim-samples.repository.suite.ts'
import { activityRepositorySuite } from '../repositories/activity.repository.suite.ts'
import { foreignRowSuite } from '../repositories/foreign-rows.suite.ts'
import { installationRepositorySuite } from '../repositories/installations.repository.suite.ts'
import { nodeRepositorySuite } from '../nodes/nodes.repository.suite.ts'
import { bootKeyRepositorySuite } from '../repositories/boot-keys.repository.suite.ts'
import { policyRepositorySuite } from '../repositories/policies.repository.suite.ts'
import { recollectionSuite } from '../repositories/recollections.suite.ts'
import { secretRepositorySuite } from '../repositories/secrets.repository.suite.ts'
import { sessionRepositorySuite } from '../repositories/sessions.repository.suite.ts'
import { signingKeyRepositorySuite } from '../repositories/signing-keys.repository.suite.ts'
import { knownInstallationSuite } from '../repositories/known-installations.suite.ts'
import { statusRepositorySuite } from '../repositories/status.repository.suite.ts'
import { traceRepositorySuite } from '../repositories/traces.repository.suite.ts'
import { provedRefusalRepositorySuite } from '../repositories/proved-refusals.repository.suite.ts'
import { vendorListRepositorySuite } from '../repositories/vendor-lists.repository.suite.ts'
import { userCountRepositorySuite } from '../repositories/user-counts.repository.suite.ts'
import { evidencePackingSuite } from '../database/evidence-packing.suite.ts'
import { sharedBlobsSuite } from '../blobs/shared-blobs.suite.ts'
import { storeIdSuite } from '../data-folder/store-id.suite.ts'
import { migrateSuite } from '../migrations/migrate.suite.ts'
import type { StorageWorld } from './storage-world.ts'

/** What every database must do, whichever dialect it speaks. */
export function storageContract(world: StorageWorld): void {
  migrateSuite(world)
  appRepositorySuite(world)
  buildRepositorySuite(world)
  buildAuthoritySuite(world)
  banRepositorySuite(world)
  apiRepositorySuite(world)
  apiKeyRepositorySuite(world)
  brokenLogSuite(world)
  foreignRowSuite(world)
  evidencePackingSuite(world)
  installationRepositorySuite(world)
  enrolmentSuite(world)
  recollectionSuite(world)
  policyRepositorySuite(world)
  bootKeyRepositorySuite(world)
  vendorListRepositorySuite(world)
  provedRefusalRepositorySuite(world)
  secretRepositorySuite(world)
  sessionRepositorySuite(world)
  signingKeyRepositorySuite(world)
  statusRepositorySuite(world)
  knownInstallationSuite(world)
  traceRepositorySuite(world)
  activityRepositorySuite(world)
  nodeRepositorySuite(world)
  sharedBlobsSuite(world)
  storeIdSuite(world)
  fleetRepositorySuite(world)
  sampleRepositorySuite(world)
  userCountRepositorySuite(world)
}
