import type { Kysely } from 'kysely'
import type { ApiKeyTables } from './tables/api-keys.tables.ts'
import type { ApiTables } from './tables/apis.tables.ts'
import type { AppTables } from './tables/apps.tables.ts'
import type { BanTables } from './tables/bans.tables.ts'
import type { BuildTables } from './tables/builds.tables.ts'
import type { InstallationTables } from './tables/installations.tables.ts'
import type { PolicyTables } from './tables/policies.tables.ts'
import type { SecretTables } from './tables/secrets.tables.ts'
import type { SigningKeyTables } from './tables/signing-keys.tables.ts'
import type { TraceTables } from './tables/traces.tables.ts'

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
