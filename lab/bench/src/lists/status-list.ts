import { setTimeout as pause } from 'node:timers/promises'
import type { StatusListClaims } from '@assay/protocol'
import type { BenchRow } from '../row/row.ts'
import { alone } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'
import type { WatchedService } from '../worst-case/watched-process.ts'
import { bigApp, statusList } from './rows-of-everything.ts'

const counted = 5
/** Milliseconds for which a list is served as it is. */
const shownFor = 5_000

/** Milliseconds until a status list of a million names is there with one more ban in it. */
export async function statusListRow(id: string, service: WatchedService): Promise<BenchRow> {
  const first = await drawn(service)
  let before = first
  const times: number[] = []
  const stretches: number[] = []
  const moved: number[] = []
  for (let i = 0; i < counted; i++) {
    await ban(service, `${'A'.repeat(42)}${'AEIMQ'[i]}`)
    await pause(shownFor)
    let list = before
    stretches.push(await service.longestStretch(async () => void (list = await drawn(service))))
    times.push(list.milliseconds)
    moved.push(list.shards.filter((digest) => !before.shards.includes(digest)).length)
    before = list
  }
  const sizes = await Promise.all(before.shards.map((digest) => sizeOf(service, digest)))
  return {
    id,
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

async function drawn({ url }: WatchedService) {
  const from = performance.now()
  const text = await (await fetch(url + statusList)).text()
  const milliseconds = performance.now() - from
  const payload = Buffer.from(text.split('.')[1] ?? '', 'base64url')
  const { shards = [] } = JSON.parse(String(payload)) as StatusListClaims
  return { milliseconds, shards, bytes: text.length }
}

async function sizeOf({ url }: WatchedService, digest: string) {
  const get = (accepted: string) =>
    fetch(`${url}${statusList}/${digest}`, { headers: { 'accept-encoding': accepted } })
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
