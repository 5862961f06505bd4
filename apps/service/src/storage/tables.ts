import type { Kysely } from 'kysely'
import type { ApiKeyTables } from '../api-keys/api-keys.tables.ts'
import type { ApiTables } from '../apis/apis.tables.ts'
import type { AppTables } from '../apps/apps.tables.ts'
import type { BanTables } from '../bans/bans.tables.ts'
import type { BuildTables } from '../builds/builds.tables.ts'
import type { InstallationTables } from '../installations/installations.tables.ts'
import type { PolicyTables } from '../policies/policies.tables.ts'
import type { SecretTables } from '../secrets/secrets.tables.ts'
import type { SigningKeyTables } from '../signing-keys/signing-keys.tables.ts'
import type { TraceTables } from '../traces/traces.tables.ts'

/** The whole schema, put together from the tables of each module. The migrations must agree with it. */
export interface Tables
  extends
    AppTables,
    BuildTables,
    ApiTables,
    ApiKeyTables,
    BanTables,
    InstallationTables,
    PolicyTables,
    SigningKeyTables,
    SecretTables,
    TraceTables {}

/** What repositories are made over: a database of either dialect. */
export type Database = Kysely<Tables>
