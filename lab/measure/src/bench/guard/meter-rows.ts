import { createPublicKey, verify } from 'node:crypto'
import type { AdmittedRequest, GuardRequest } from '@assay/guard'
import {
  checkConfig,
  checkForm,
  createMemoryMeter,
  createValkeyMeter,
  type Meter,
  type MeteredCall,
  Secrets,
} from '@assay/proxy'
import type { Effort } from '../row/effort.ts'
import { interleaved, oneRound } from '../row/interleaved.ts'
import { alone, type BenchRow } from '../row/row.ts'
import { median, rounded } from '../row/statistics.ts'
import { app, audience, issuer, mintProof, newInstallation, now } from './minting.ts'

const rounds = { counted: 255, warmUp: 60 }
const itemsPerRound = 64
const installations = 10_000
const streams = { rounds: 15, events: 1_000, bytes: 1_024 }

/** A limit of every kind: four scopes, two windows each where that is usual, requests and a cost. */
const config = checkConfig(
  checkForm({
    issuer,
    audience,
    apps: [app],
    tiers: ['affirming'],
    routes: [
      {
        name: 'messages',
        methods: ['POST'],
        path: '/v1/messages',
        upstream: 'https://api.example',
        inject: { fields: { 'x-api-key': { environment: 'KEY' } } },
        meter: {
          installation: { requests: ['1000000/min', '100000000/day'], cost: ['1000000000/day'] },
          network: { requests: ['1000000/min'], cost: ['1000000000/day'] },
          app: { requests: ['10000000/min'] },
          all: { cost: ['1000000000000/day'] },
          cost: { member: '/usage/total_tokens', reserve: { units: 100 } },
        },
      },
    ],
  }),
  new Secrets({
    files: { version: () => '', read: () => '' },
    env: { KEY: 'benchmark' },
    onEvent: () => undefined,
  }),
)

const answer = Buffer.from(JSON.stringify({ text: 'x'.repeat(960), usage: { total_tokens: 42 } }))

/** What the meter adds to a request of the proxy, and what it asks of Valkey. */
export async function meterRow(effort: Effort): Promise<BenchRow> {
  const meter = createMemoryMeter({ rules: config.meterRules, clock: () => now * 1000 })
  const installation = newInstallation()
  const key = createPublicKey({ key: { ...installation.jwk }, format: 'jwk' })
  const { input, signature } = mintProof(installation)
  let at = 0
  const makeItems = () => Array.from({ length: itemsPerRound }, () => callOf((at += 1) % installations))
  const times = await interleaved(effort(rounds, oneRound), makeItems, {
    metered: (call) => use(meter, call),
    bare: () => {
      if (!verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, signature))
        throw new Error('bad signature')
    },
  })
  return {
    id: 'guard.meter',
    value: rounded(times.median('metered')),
    unit: 'us',
    bare: rounded(times.median('bare')),
    ratio: rounded(times.ratio('metered', 'bare')),
    peer: null,
    peerValue: null,
    peerRatio: null,
    facts: {
      limits: 'four scopes, seven limits, in memory; a JSON answer of 1 kB is read for its cost',
      installations,
      valkey: await callsOfValkey(),
      rounds: rounds.counted,
      itemsPerRound,
    },
  }
}

export function meterStreamRow(effort: Effort): BenchRow {
  const text = 'x'.repeat(streams.bytes - 20)
  const event = Buffer.from(`data: {"text":"${text}"}\n\n`)
  const last = Buffer.from('data: {"usage":{"total_tokens":42}}\n\ndata: [DONE]\n\n')
  const meter = createMemoryMeter({ rules: config.meterRules, clock: () => now * 1000 })
  const times: number[] = []
  for (let round = 0; round < effort(streams.rounds, 1); round++) {
    const before = process.cpuUsage()
    const reservation = meter.reserve(callOf(round))
    if (reservation instanceof Promise || !reservation.ok) throw new Error('refused')
    reservation.answered(200, { 'content-type': 'text/event-stream' })
    for (let i = 0; i < streams.events; i++) reservation.read(event)
    reservation.read(last)
    reservation.end('complete')
    const { user, system } = process.cpuUsage(before)
    times.push((user + system) / 1000)
  }
  return {
    id: 'guard.meter-stream',
    value: rounded(median(times)),
    unit: 'ms',
    ...alone,
    facts: { ...streams, reads: 'the cost in the last event but one' },
  }
}

function callOf(index: number): MeteredCall {
  const request: GuardRequest = { method: 'POST', url: '/v1/messages', headers: {} }
  const caller = { app, installation: `installation-${index}` } as AdmittedRequest
  return { route: 'messages', caller, address: `192.0.2.${index % 250}`, request }
}

async function use(meter: Meter, call: MeteredCall): Promise<void> {
  const answering = meter.reserve(call)
  const reservation = answering instanceof Promise ? await answering : answering
  if (!reservation.ok) throw new Error(`a request of the benchmark was refused: ${reservation.code}`)
  reservation.answered(200, { 'content-type': 'application/json' })
  reservation.read(answer)
  reservation.end('complete')
}

/** At a server that always has space. */
async function callsOfValkey(): Promise<string> {
  const names: string[] = []
  const meter = createValkeyMeter({
    rules: config.meterRules,
    audience,
    clock: () => now * 1000,
    process: 'bench',
    schedule: () => () => undefined,
    client: {
      call: async (_command, name) => {
        names.push(String(name))
        return Promise.resolve(name === 'assay_guard_2_reserve' ? ['ok', String(now * 1000)] : 'settled')
      },
    },
  })
  names.length = 0
  const before = meter.reserve(callOf(1))
  const reservation = before instanceof Promise ? await before : before
  const awaited = names.length
  if (!reservation.ok) throw new Error('refused')
  reservation.answered(200, { 'content-type': 'application/json' })
  reservation.read(answer)
  reservation.end('complete')
  return `${awaited} call before the request, ${names.length - awaited} after its end, which nobody awaits`
}
