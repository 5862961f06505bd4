import { beforeEach, describe, expect, it } from 'vitest'
import {
  createRefusedBuilds,
  type EndedAttestation,
  type ProvedRefusal,
  type ProvedRefusalStore,
  type RefusedBuilds,
} from '../../../src/operations/users/refused-builds.ts'

const minute = 60_000
let now: number
let rows: Map<string, ProvedRefusal>
/** Installations that hardware vouched for when they enrolled. */
let enrolled: Map<string, string>
let nodes: [RefusedBuilds, RefusedBuilds]

const store: ProvedRefusalStore = {
  vouching: async (_, thumbprints) =>
    new Map(thumbprints.flatMap((one) => (enrolled.has(one) ? [[one, enrolled.get(one) as string]] : []))),
  async add(refusals) {
    for (const one of refusals) rows.set(JSON.stringify([one.build, one.osVersion, one.sender]), one)
  },
  async clear({ build, osVersion }, until) {
    for (const [name, row] of rows)
      if (row.build === build && row.osVersion === osVersion && row.at <= until) rows.delete(name)
  },
  async prune(before) {
    for (const [name, row] of rows) if (row.at < before) rows.delete(name)
  },
  async counts(limit) {
    const counted = new Map<string, number>()
    for (const { build, osVersion } of rows.values()) {
      const name = JSON.stringify([build, osVersion])
      counted.set(name, (counted.get(name) ?? 0) + 1)
    }
    return [...counted]
      .map(([name, senders]) => {
        const [build, osVersion] = JSON.parse(name) as [string, string]
        return { app: 'a', build, osVersion, senders }
      })
      .slice(0, limit)
  },
}

const refusal: EndedAttestation = {
  ...{ app: 'a', build: '2', outcome: 'refused', code: 'TIER_NOT_ADMITTED' },
  ...{ osVersion: 'Android 16', installation: 'i', vouchedBy: undefined },
}
const refuse = (n: number, more: Partial<EndedAttestation> = {}, node = 0) => {
  for (let i = 0; i < n; i++)
    nodes[node]?.count({ ...refusal, installation: `i${i}`, vouchedBy: `key ${i}`, ...more })
}
const pass = (more: Partial<EndedAttestation> = {}, node = 0) =>
  nodes[node]?.count({ ...refusal, outcome: 'passed', code: '', ...more })
const measure = async () => {
  for (const node of nodes) await node.flush()
  for (const node of nodes) await node.flush()
  expect(nodes[0].measured()).toEqual(nodes[1].measured())
  return Object.fromEntries(
    nodes[0].measured().map(({ build, osVersion, senders }) => [`${build} ${osVersion}`.trim(), senders]),
  )
}

beforeEach(() => {
  now = Date.UTC(2026, 11, 3)
  rows = new Map()
  enrolled = new Map()
  const options = { store, secret: new Uint8Array(32), clock: () => now }
  nodes = [createRefusedBuilds(options), createRefusedBuilds(options)]
})

describe('senders that a build refuses', () => {
  it('count once each, however often and at how many nodes they are refused', async () => {
    refuse(25)
    refuse(25)
    refuse(25, {}, 1)
    expect(await measure()).toEqual({ '2': 25, '2 Android 16': 25 })
  })

  it('count by the phone: many installation keys of one phone are one sender', async () => {
    refuse(60, { vouchedBy: 'one phone' })
    expect(await measure()).toEqual({ '2': 1 })
  })

  it('do not count without hardware: made-up keys, versions and builds of strangers', async () => {
    for (let i = 0; i < 500; i++)
      nodes[0].count({ ...refusal, installation: `junk ${i}`, osVersion: `Android ${i}` })
    expect(await measure()).toEqual({})
    refuse(25, { build: '' })
    expect(await measure()).toEqual({})
  })

  it('count where nothing came now but hardware vouched for the installation before', async () => {
    for (let i = 0; i < 30; i++) enrolled.set(`i${i}`, `key ${i}`)
    refuse(30, { code: 'MEASUREMENT_MISMATCH', vouchedBy: undefined })
    expect(await measure()).toEqual({ '2': 30, '2 Android 16': 30 })
  })

  it('do not count where the operator has banned them', async () => {
    refuse(25, { code: 'VOUCHING_KEY_BANNED' })
    refuse(25, { code: 'INSTALLATION_BANNED' })
    expect(await measure()).toEqual({})
  })

  it('are forgotten as soon as the build passes anybody, at any node', async () => {
    refuse(25)
    expect(await measure()).toEqual({ '2': 25, '2 Android 16': 25 })
    now += minute
    pass({ osVersion: 'Android 15', installation: 'other' }, 1)
    expect(await measure()).toEqual({ '2 Android 16': 25 })
    now += minute
    pass({ installation: 'other' }, 1)
    expect(await measure()).toEqual({})
  })

  it('do not count if somebody passed after them before the counts were written', async () => {
    refuse(25)
    now += 1
    pass()
    expect(await measure()).toEqual({})
    now += minute
    refuse(21)
    expect(await measure()).toEqual({ '2': 21, '2 Android 16': 21 })
  })

  it('give a version of a system its name only from twenty on', async () => {
    refuse(19, { osVersion: 'Android 999' })
    expect(await measure()).toEqual({ '2': 19 })
  })

  it('count for an hour', async () => {
    refuse(25)
    expect(await measure()).toMatchObject({ '2': 25 })
    now += 60 * minute + 1
    expect(await measure()).toEqual({})
  })

  it('are not shown by what was read long ago', async () => {
    refuse(25)
    await measure()
    now += 5 * minute + 1
    expect(nodes[0].measured()).toEqual([])
  })
})
