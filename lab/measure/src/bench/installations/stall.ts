import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { mediaTypes } from '@assay/protocol'
import type { Effort } from '../row/effort.ts'
import { oneRound, type Rounds } from '../row/interleaved.ts'
import { alone, type BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'
import type { RowId } from '../row/table.ts'
import type { Crowd } from './crowd.ts'
import { audience, iosApp } from './iphones.ts'

const allBans = { counted: 20, warmUp: 3 }
/** One of this many installations is old. */
const oldOf = 20
const day = 86_400_000
/** Days for which an installation that no longer attests is remembered. */
const remembered = 90
/** Length in milliseconds of the parts of the removal; the longest stretch of each part is taken. */
const window = 500
/** The most milliseconds from the start until old installations are removed. */
const patience = 600_000

/**
 * Thread CPU of the longest stretch that blocks the service's event loop: while an installation is banned that exists or does
 * not, and from the start until old installations are removed.
 */
export async function stallRow(id: RowId, crowd: Crowd, effort: Effort): Promise<BenchRow> {
  const banned = await banning(crowd, effort(allBans, oneRound))
  const age = `update installations set seen_on = seen_on - 200 where id % ${oldOf} = ${oldOf - 1}`
  await crowd.restart((store) => {
    store.execute([age])
  })
  const begun = performance.now()
  const all = await old(crowd)
  // The work of the start is over before the removal begins.
  await wait(effort(10_000, 0))
  const idle = await crowd.service.longestStretch(() => wait(effort(20_000, 1)))
  // A short run does not wait until the service begins, after a minute.
  const removing = await effort(stretchesWhileRemoving, oneStretch)(crowd, all)
  const removal = Math.max(...removing)
  return {
    id,
    value: rounded(Math.max(banned.named, banned.unknown, removal)),
    unit: 'ms',
    ...alone,
    facts: {
      time: 'CPU of the thread',
      ban: rounded(banned.named),
      banOfUnknown: rounded(banned.unknown),
      removal: rounded(removal),
      removalMedian: rounded(median(removing)),
      idle: rounded(idle),
      removed: all,
      secondsUntilRemoved: Math.round((performance.now() - begun) / 1_000),
    },
  }
}

/** Of each window from the first removal to the last. */
async function stretchesWhileRemoving(crowd: Crowd, all: number): Promise<number[]> {
  const begun = performance.now()
  const stretches: number[] = []
  for (let left = all; left > 0; left = await old(crowd)) {
    if (performance.now() - begun > patience) throw new Error('what is old was not removed')
    const stretch = await crowd.service.longestStretch(() => wait(window))
    if (left < all) stretches.push(stretch)
  }
  return stretches
}

async function oneStretch(crowd: Crowd): Promise<number[]> {
  return [await crowd.service.longestStretch(() => wait(1))]
}

/** Installations that are to be removed. */
function old({ store }: Crowd): Promise<number> {
  const before = Math.floor(Date.now() / day) - remembered
  return store.numberOf(`select count(*) from installations where seen_on < ${before}`)
}

async function banning({ service, iphones, known }: Crowd, { counted, warmUp }: Rounds) {
  const ban = async (installation: string) => {
    const headers = { authorization: `Bearer ${service.adminKey}`, 'content-type': mediaTypes.json }
    const body = JSON.stringify({ audience, installation })
    const stretch = await service.longestStretch(async () => {
      const response = await fetch(`${service.url}/v1/apps/${iosApp}/bans`, { method: 'POST', headers, body })
      if (response.status !== 201) throw new Error(`a ban was answered by ${response.status}`)
    })
    return stretch
  }
  const stretches = { named: [] as number[], unknown: [] as number[] }
  for (const each of known.slice(0, warmUp + counted)) {
    await iphones.attest(each, service.url)
    stretches.named.push(await ban(iphones.lastName()))
    stretches.unknown.push(await ban(randomBytes(32).toString('base64url')))
  }
  const longest = (all: readonly number[]) => Math.max(...all.slice(warmUp))
  return { named: longest(stretches.named), unknown: longest(stretches.unknown) }
}
