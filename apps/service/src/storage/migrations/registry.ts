import { provisioning } from './0001-provisioning.ts'
import { keysAndTraces } from './0002-keys-and-traces.ts'
import { liveCodeAndProbes } from './0003-live-code-and-probes.ts'
import { hardwareEvidence } from './0004-hardware-evidence.ts'
import { splits } from './0005-splits.ts'
import { statusList } from './0006-status-list.ts'
import { expectedEvidence } from './0007-expected-evidence.ts'
import { listedSigners } from './0008-listed-signers.ts'
import { provenance } from './0009-provenance.ts'
import { inquiries } from './0010-inquiries.ts'
import { uploadSigners } from './0011-upload-signers.ts'
import { teams } from './0012-teams.ts'
import { enrolment } from './0013-enrolment.ts'
import { shortLists } from './0014-short-lists.ts'
import { keyScopes } from './0015-key-scopes.ts'
import { manyNodes } from './0016-many-nodes.ts'
import { fleet } from './0017-fleet.ts'
import { consoleSessions } from './0018-console-sessions.ts'
import { audit } from './0019-audit.ts'
import { narrowInstallations } from './0020-narrow-installations.ts'
import { development } from './0021-development.ts'
import { installationBans } from './0022-installation-bans.ts'
import { shadowPolicies } from './0023-shadow-policies.ts'
import { claimSamples } from './0024-claim-samples.ts'
import { bansByEnd } from './0025-bans-by-end.ts'
import { buildsByAge } from './0026-builds-by-age.ts'
import { packingDictionaries } from './0027-packing-dictionaries.ts'
import { appSettings } from './0028-app-settings.ts'
import { vouchingKeys } from './0029-vouching-keys.ts'
import type { SchemaStep } from './migration.ts'

/** Every step, in order. A step that is not listed here is not run. */
export const schemaSteps: readonly SchemaStep[] = [
  provisioning,
  keysAndTraces,
  liveCodeAndProbes,
  hardwareEvidence,
  splits,
  statusList,
  expectedEvidence,
  listedSigners,
  provenance,
  inquiries,
  uploadSigners,
  teams,
  enrolment,
  shortLists,
  keyScopes,
  manyNodes,
  fleet,
  consoleSessions,
  audit,
  narrowInstallations,
  development,
  installationBans,
  shadowPolicies,
  claimSamples,
  bansByEnd,
  buildsByAge,
  packingDictionaries,
  appSettings,
  vouchingKeys,
]
