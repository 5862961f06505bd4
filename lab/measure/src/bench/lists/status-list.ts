import { setTimeout as pause } from 'node:timers/promises'
import type { StatusListClaims } from '@assay/protocol'
import type { Effort } from '../row/effort.ts'
import type { BenchRow } from '../row/row.ts'
import { alone } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'
import type { WatchedService } from '../worst-case/watched-process.ts'
import { bigApp, statusListOf } from './rows-of-everything.ts'

/** Milliseconds for which a list is served as it is. */
const shownFor = 5_000

interface Listed {
  readonly service: WatchedService
  /** The number of rows of everything. */
  readonly count: number
}

interface StatusList {
  readonly url: string
}

/** Milliseconds until a status list of a million names is there with one more ban in it. */
export async function statusListRow({ service, count }: Listed, effort: Effort): Promise<BenchRow> {
  const list = { url: service.url + statusListOf(count) }
  const first = await drawn(list)
  let before = first
  const times: number[] = []
  const stretches: number[] = []
  const moved: number[] = []
  for (let i = 0; i < effort(5, 1); i++) {
    await ban(service, `${'A'.repeat(42)}${'AEIMQ'[i]}`)
    await pause(shownFor)
    let next = before
    stretches.push(await service.longestStretch(async () => void (next = await drawn(list))))
    times.push(next.milliseconds)
    moved.push(next.shards.filter((digest) => !before.shards.includes(digest)).length)
    before = next
  }
  const sizes = await Promise.all(before.shards.map((digest) => sizeOf(list, digest)))
  return {
    id: 'lists.status-list',
    value: rounded(median(times)),
    unit: 'ms',
    ...alone,
    facts: {
      first: `${rounded(first.milliseconds)} ms`,
      longestStretch: `${rounded(median(stretches))} ms CPU of the thread`,
      shards: before.shards.length,
      moved: moved.join(', '),
      bytes: `${before.bytes} of the list, ${sum(sizes.map(({ plain }) => plain))} of the shards, ${sum(sizes.map(({ gzip }) => gzip))} compressed`,
    },
  }
}

async function drawn({ url }: StatusList) {
  const from = performance.now()
  const text = await (await fetch(url)).text()
  const milliseconds = performance.now() - from
  const payload = Buffer.from(text.split('.')[1] ?? '', 'base64url')
  const { shards = [] } = JSON.parse(String(payload)) as StatusListClaims
  return { milliseconds, shards, bytes: text.length }
}

async function sizeOf({ url }: StatusList, digest: string) {
  const get = (accepted: string) => fetch(`${url}/${digest}`, { headers: { 'accept-encoding': accepted } })
  const packed = await get('gzip')
  const plain = (await packed.arrayBuffer()).byteLength
  return { plain, gzip: Number(packed.headers.get('content-length') ?? plain) }
}

async function ban({ url, adminKey }: WatchedService, key: string): Promise<void> {
  const headers = { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' }
  const answer = await fetch(`${url}/v1/apps/${bigApp}/bans`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ key }),
  })
  if (!answer.ok) throw new Error(`a ban was answered by ${answer.status}: ${await answer.text()}`)
}

const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0)
