import { finished } from 'node:stream/promises'
import { createStrip } from '@assay/proxy'
import type { Effort } from '../row/effort.ts'
import { alone, type BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'

const secret = `sk-${'ab/cd="ef'.repeat(20)}`
const spellings = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]
const length = 64 * 1024
const allRounds = 15

/** Bodies by which an upstream would make the search take long. */
const hostile = {
  'almost the secret, again and again': secret.slice(0, -1),
  'the secret, again and again': secret,
  'the secret in escapes': [...secret]
    .map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join(''),
  'backslashes alone': '\\',
  'its first character alone': 's',
  'escapes that break off': '\\u00',
}

/** `strip.worst`: the longest time to remove a secret from 64 KiB, in one piece and in pieces of 256 bytes. */
export async function stripRow(effort: Effort): Promise<BenchRow> {
  const rounds = effort(allRounds, 1)
  const times: Record<string, number> = {}
  for (const [name, unit] of Object.entries(hostile)) {
    const body = Buffer.from(unit.repeat(Math.ceil(length / unit.length)).slice(0, length))
    for (const size of [length, 256]) {
      const taken = []
      for (let round = 0; round < rounds; round += 1) taken.push(await strip(body, size))
      times[`${name}, by ${size}`] = rounded(median(taken))
    }
  }
  return {
    id: 'strip.worst',
    value: Math.max(...Object.values(times)),
    unit: 'ms',
    ...alone,
    facts: {
      covers: `64 KiB of a hostile upstream, a secret of ${secret.length} characters`,
      ...times,
    },
  }
}

async function strip(body: Buffer, size: number): Promise<number> {
  const stream = createStrip(spellings)
  stream.resume()
  const { user, system } = process.cpuUsage()
  for (let at = 0; at < body.length; at += size) stream.write(body.subarray(at, at + size))
  stream.end()
  await finished(stream)
  const after = process.cpuUsage()
  return (after.user + after.system - user - system) / 1e3
}
