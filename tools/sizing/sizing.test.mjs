import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { arrivalsOfDay, herdAfter, peakOf } from './arrivals.mjs'
import { defaultLimits } from '../../apps/service/src/config/service.config.ts'
import {
  assumptions,
  attestationsOfSession,
  limitsOf,
  mostBehindOneNetwork,
  quotas,
  sizeOf,
  valuesOf,
} from './model.mjs'
import { pageOf, simulated } from './page.mjs'

const known = JSON.parse(readFileSync(new URL('rows.json', import.meta.url), 'utf8'))
const values = Object.fromEntries(known.rows.map(({ id, value }) => [id, value]))
const given = valuesOf(assumptions)

describe('sizing', () => {
  it('is what docs/sizing.md shows', () => {
    const page = readFileSync(new URL('../../docs/sizing.md', import.meta.url), 'utf8')
    expect(page, 'npm run sizing -- --write').toBe(pageOf(known))
  })

  it('counts attestations within 2 % of the simulation', () => {
    const seen = simulated()
    const counted = given.sessions * attestationsOfSession(given)
    expect(seen.perDay / counted).toBeGreaterThan(0.98)
    expect(seen.perDay / counted).toBeLessThan(1.02)
  })

  it.each([
    ['long sessions', { minutes: 30 }],
    ['short tokens', { lifetime: 60 }],
    ['one short session', { sessions: 1, minutes: 1 }],
  ])('counts attestations within 4 % of the simulation for %s', (_, more) => {
    const all = { ...given, ...more }
    const total = arrivalsOfDay({ ...all, devices: 10_000, seed: 7 }).reduce((sum, each) => sum + each, 0)
    const ratio = total / 10_000 / (all.sessions * attestationsOfSession(all))
    expect(ratio).toBeGreaterThan(0.96)
    expect(ratio).toBeLessThan(1.04)
  })

  it('assumes a peak at least as high as in the simulation', () => {
    expect(given.peak).toBeGreaterThanOrEqual(simulated().peak)
    expect(given.peak).toBeLessThan(simulated().peak * 1.25)
  })

  it('serves the herd with the computed capacity, and never with a capacity below the rate', () => {
    for (const { seconds, longest, most, rate } of simulated().herd) {
      expect(seconds).toBeLessThan(90)
      expect(longest).toBeLessThan(120)
      expect(most / rate).toBeLessThan(7)
    }
    const sessions = 100 / attestationsOfSession(given)
    const few = herdAfter({ ...given, sessions, outage: 60, capacity: 60, seed: 1, limit: 600 })
    expect(few.seconds).toBe(Infinity)
  })

  it('needs more machines for more devices, and one machine for few', () => {
    const sizes = [1e4, 1e5, 1e6, 1e7, 1e8].map((devices) => sizeOf(devices, values))
    for (const [i, size] of sizes.entries()) {
      for (const value of Object.values(size)) expect(Number.isFinite(value)).toBe(true)
      if (i === 0) continue
      expect(size.paidCores).toBeGreaterThanOrEqual(sizes[i - 1].paidCores)
      expect(size.cost).toBeGreaterThan(sizes[i - 1].cost)
    }
    expect(sizes[0]).toMatchObject({ nodes: 1, shards: 0, databases: 0 })
    expect(sizeOf(1e6, values, { ...given, hardware: 0 })).toMatchObject({ writes: 0, bytes: 0 })
  })

  it('says from how many installations behind one network its default quotas matter', () => {
    for (const [name, perMinute] of Object.entries(quotas))
      expect(defaultLimits[name]).toEqual({ requests: perMinute, seconds: 60 })
    const once = { ...given, sessions: 1, minutes: 1e-3, peak: 1 }
    expect(mostBehindOneNetwork(once)).toBe(6_000 * 1_440)
    expect(mostBehindOneNetwork({ ...once, peak: 2 })).toBe(3_000 * 1_440)
  })

  it('counts whole processes and unlike devices, not the service alone', () => {
    const coresOf = (rows) => sizeOf(1e7, { ...values, ...rows }, { ...given, hardware: 0 }).cores
    expect(coresOf({ 'attest.process': 2 * values['attest.process'] })).toBeCloseTo(2 * coresOf({}), 6)
    expect(coresOf({ 'attest.software': 1 })).toBe(coresOf({}))
    expect(values['attest.process']).toBeGreaterThan(values['attest.software'])
    expect(values['attest.process']).toBeLessThanOrEqual(2 * values['attest.software'])
  })

  it('says what limits first, and what no longer does when it is faster', () => {
    const first = (rows, more = {}) => limitsOf({ ...values, ...rows }, { ...given, ...more })[0]
    expect(first({})).toEqual({ part: 'node', perSecond: 1e6 / sizeOf(1e6, values).cpu })
    expect(first({ 'attest.process': 1, 'postgres.refresh': 1e5 }, { databaseCores: 1 }).part).toBe(
      'database',
    )
    expect(first({ 'valkey.use': 1e6 })).toEqual({ part: 'shard', perSecond: 1 })
    expect(limitsOf(values, { ...given, hardware: 0 }).at(-1)).toEqual({
      part: 'database',
      perSecond: Infinity,
    })
  })

  it('finds a peak where there is one', () => {
    const flat = new Uint32Array(86_400).fill(2)
    expect(peakOf(flat)).toBe(1)
    flat.fill(20, 30_000, 30_060)
    expect(peakOf(flat)).toBeCloseTo(20 / (2 + (18 * 60) / 86_400), 5)
  })
})
