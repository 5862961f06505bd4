import { setTimeout as wait } from 'node:timers/promises'
import { fetchApk, publishedApks, startFreshService } from '@assay/testkit'
import { apkCache } from '../registration/register-apk.ts'
import type { Effort } from '../row/effort.ts'
import { alone, type BenchRow } from '../row/row.ts'
import { cli } from '../registration/cli.ts'
import { asShipped } from '../attest/as-shipped.ts'
import { rounded } from '../row/statistics.ts'

/** Long enough for a worker that has nothing to do to be gone. */
const settle = 6_000

/**
 * `service.memory`: resident size of an idle service with three real APKs registered, after that and after a restart.
 */
export async function serviceMemoryRow(effort: Effort): Promise<BenchRow> {
  const fresh = await startFreshService({
    ...cli,
    serve: (env, args) => cli.serve({ ...asShipped, ...env }, args),
  })
  for (const apk of Object.values(publishedApks)) {
    const file = await fetchApk(apk, apkCache)
    await cli.succeed(['app', 'add', apk.applicationId, '--platform', 'android'], fresh.env)
    await cli.succeed(
      ['build', 'add', file, '--app', apk.applicationId, '--allow-debuggable', '--allow-debug-signer'],
      fresh.env,
    )
  }
  await wait(effort(settle, 0))
  const afterRegistration = fresh.resident()
  const restarted = await fresh.restart()
  await wait(effort(settle, 0))
  const afterRestart = restarted.resident()
  await restarted.stop()
  return {
    id: 'service.memory',
    value: rounded(Math.max(afterRegistration, afterRestart)),
    unit: 'MB',
    ...alone,
    facts: { afterRegistrationMB: rounded(afterRegistration), afterRestartMB: rounded(afterRestart) },
  }
}
