import { setTimeout as wait } from 'node:timers/promises'
import { createConnections } from '../attest/connections.ts'
import { newInstallations } from '../attest/installations.ts'
import { startProcess } from '../attest/processes.ts'
import { registerSmallRelease } from '../growth/small-release.ts'
import type { Effort } from '../row/effort.ts'
import { alone, type BenchRow } from '../row/row.ts'
import { rounded } from '../row/statistics.ts'

/** Milliseconds, longer than anything is kept for a challenge. */
const threeMinutes = 180_000
/** Attestations a second. */
const rate = 1_400
/** Groups of devices that each attest at once; there are several, so that the service does not wait for one. */
const groups = 4
const together = 32

/**
 * `service.memory.load`: peak memory of a service while new installations attest by software for three minutes, 1,400 a second
 * or as many as this machine can.
 */
export async function memoryUnderLoadRow(effort: Effort): Promise<BenchRow> {
  const duration = effort(threeMinutes, 1_000)
  const service = await startProcess('service-server')
  const { post, close } = createConnections(groups * together)
  let most = 0
  const watch = setInterval(() => (most = Math.max(most, service.resident())), 250)
  try {
    const { url, key } = service.ready as { url: string; key: string }
    const attestTogether = newInstallations(await registerSmallRelease(url, key), post)
    const begun = performance.now()
    let attested = 0
    const isAhead = () => attested > ((performance.now() - begun) * rate) / 1_000
    const group = async () => {
      while (performance.now() - begun < duration) {
        await attestTogether(together)
        attested += together
        while (isAhead()) await wait(5)
      }
    }
    await Promise.all(Array.from({ length: groups }, group))
    const seconds = (performance.now() - begun) / 1_000
    return {
      id: 'service.memory.load',
      value: rounded(most),
      unit: 'MB',
      ...alone,
      facts: { perSecond: Math.round(attested / seconds), seconds: Math.round(seconds) },
    }
  } finally {
    clearInterval(watch)
    close()
    await service.stop()
  }
}
