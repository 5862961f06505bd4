import { imageGrowthRow } from '../attest/image-growth.ts'
import { attestProcessRow } from '../attest/process.ts'
import { attestSoftwareRow } from '../attest/software.ts'
import { attestVariantsRow } from '../attest/variants.ts'
import { clusterRows } from '../cluster/rows.ts'
import { androidKeyRows } from '../evidence/android-key.ts'
import { assertionRows, attestationRow } from '../evidence/app-attest.ts'
import { gatewayRow } from '../gateway/rows.ts'
import { buildGrowthOnPostgres, buildGrowthOnSqlite } from '../growth/rows.ts'
import { meterRow, meterStreamRow } from '../guard/meter-rows.ts'
import { proxyBodiesRow } from '../guard/proxy-bodies.ts'
import { proxyRows } from '../guard/proxy-rows.ts'
import { firstRow, millionBansRow, repeatAccessRow, repeatRows } from '../guard/rows.ts'
import { stripRow } from '../guard/strip-row.ts'
import { installationsOnPostgres, installationsOnSqlite } from '../installations/growth.ts'
import { lookupOnPostgres, lookupOnSqlite } from '../installations/lookup.ts'
import { storageRows } from '../installations/size.ts'
import { listsOnPostgres, listsOnSqlite } from '../lists/rows.ts'
import { memoryUnderLoadRow } from '../memory/under-load.ts'
import { metricsRow } from '../metrics/rows.ts'
import { operatorRow } from '../operators/rows.ts'
import { registerAabRow } from '../registration/register-aab.ts'
import { registerApkRow } from '../registration/register-apk.ts'
import { registerVariantsRow } from '../registration/register-variants.ts'
import { androidRows } from '../sdk/android.ts'
import { androidSizeRow } from '../sdk/android-size.ts'
import { attestRows } from '../sdk/attest.ts'
import { iosRows } from '../sdk/ios.ts'
import { reactNativeRows } from '../sdk/react-native.ts'
import { sizeRow } from '../sdk/size.ts'
import { serviceMemoryRow } from '../memory/idle.ts'
import { wireRows } from '../wire/rows.ts'
import { worstCaseRow } from '../worst-case/rows.ts'
import type { RowId } from '../row/table.ts'
import type { Measurement } from './measure.ts'

const of = (rows: RowId | readonly RowId[], measure: Measurement['measure']): Measurement => ({
  rows: [rows].flat(),
  measure,
})

/** All measurements by group, in order. */
export const measurements: Readonly<Record<string, readonly Measurement[]>> = {
  register: [
    of('register.apk', registerApkRow),
    of('register.aab', registerAabRow),
    of('register.variants', registerVariantsRow),
  ],
  service: [of('service.memory', serviceMemoryRow), of('service.memory.load', memoryUnderLoadRow)],
  lists: [of(['lists.status-list', 'lists.sqlite'], listsOnSqlite), of('lists.postgres', listsOnPostgres)],
  operators: [of('operators.beside', operatorRow)],
  guard: [
    of(['guard.repeat', 'guard.repeat-request'], repeatRows),
    of('guard.repeat-access', repeatAccessRow),
    of('guard.million-bans', millionBansRow),
    of('guard.first', firstRow),
    of('guard.meter', meterRow),
    of('guard.meter-stream', meterStreamRow),
    of(['proxy.request', 'proxy.stream', 'proxy.memory'], proxyRows),
    of('proxy.bodies', proxyBodiesRow),
    of('strip.worst', stripRow),
  ],
  gateway: [
    of('gateway.nginx', (effort) => gatewayRow('nginx', effort)),
    of('gateway.haproxy', (effort) => gatewayRow('haproxy', effort)),
  ],
  attest: [
    of('attest.software', attestSoftwareRow),
    of('attest.process', attestProcessRow),
    of('attest.image-growth', imageGrowthRow),
    of('attest.variants', attestVariantsRow),
  ],
  cluster: [of(['cluster.attest', 'service.memory.node'], clusterRows)],
  wire: [of(['wire.enrolment', 'wire.refresh', 'wire.refresh.new-plan'], wireRows)],
  metrics: [of('metrics.overhead', metricsRow)],
  growth: [
    of(['growth.builds.sqlite', 'service.memory.builds'], buildGrowthOnSqlite),
    of('growth.builds.postgres', buildGrowthOnPostgres),
    of(['growth.installations.sqlite', 'growth.installations.sqlite.stall'], installationsOnSqlite),
    of(['growth.installations', 'growth.installations.stall'], installationsOnPostgres),
  ],
  lookup: [
    of(
      [
        'lookup.installation.key',
        'lookup.installation.name',
        'lookup.installation.reference',
        'lookup.installation.trace',
      ],
      lookupOnSqlite,
    ),
    of(
      [
        'lookup.installation.key.postgres',
        'lookup.installation.name.postgres',
        'lookup.installation.reference.postgres',
        'lookup.installation.trace.postgres',
      ],
      lookupOnPostgres,
    ),
  ],
  storage: [
    of(
      ['storage.installation', 'storage.installation.support', 'storage.installation.reference'],
      storageRows,
    ),
  ],
  sdk: [
    of('sdk.size', sizeRow),
    of(['sdk.attest.1MB', 'sdk.attest.8MB'], attestRows),
    of(['sdk.android.attest', 'sdk.android.large.others', 'sdk.android.large.first'], androidRows),
    of('sdk.android.size', androidSizeRow),
    of(['sdk.ios.attest', 'sdk.ios.size'], iosRows),
    of(['sdk.react-native.attest', 'sdk.react-native.size'], reactNativeRows),
  ],
  evidence: [
    of('evidence.app-attest', attestationRow),
    of(['evidence.app-attest-assertion', 'evidence.app-attest-assertion.cold'], assertionRows),
    of(['evidence.android-key.factory', 'evidence.android-key.remote'], androidKeyRows),
    of('evidence.worst-case', worstCaseRow),
  ],
}
