import { createAudit } from './first-release/audit.ts'
import { createBans } from './first-release/bans.ts'
import { createBuilds } from './first-release/builds.ts'
import { noteChanges } from './first-release/change-notes.ts'
import { createEnrolFunction } from './first-release/enrol-function.ts'
import { createFleet } from './first-release/fleet.ts'
import { createInstallations } from './first-release/installations.ts'
import { createKeys } from './first-release/keys.ts'
import { createNodes } from './first-release/nodes.ts'
import { createRegistrations } from './first-release/registrations.ts'
import type { SchemaStep } from './step/migration.ts'

/** All tables of the first release. */
export const firstRelease: SchemaStep = {
  name: '0001-first-release-0660385e',
  async up(db, dialect) {
    await createRegistrations(db, dialect)
    await createBuilds(db, dialect)
    await createKeys(db, dialect)
    await createInstallations(db, dialect)
    await createBans(db, dialect)
    await createFleet(db, dialect)
    await createAudit(db, dialect)
    await createNodes(db, dialect)
    await createEnrolFunction(db, dialect)
    await noteChanges(db, dialect)
  },
}
