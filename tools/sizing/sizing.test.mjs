import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../../apps/service/src/config/service.config.ts'
import {
  appQuota,
  assumptions,
  attestationsOfSession,
  launchOf,
  limitsOf,
  mostBehindOneNetwork,
  mostOfOneApp,
  quotas,
  sizeOf,
  usedOf,
  valuesOf,
} from './model.mjs'
import { pageOf } from './page.mjs'

const known = JSON.parse(readFileSync(new URL('rows.json', import.meta.url), 'utf8'))
const values = Object.fromEntries(known.rows.map(({ id, value }) => [id, value]))
const given = valuesOf(assumptions)

describe('sizing', () => {
  it('is what docs/sizing.md shows', () => {
    const page = readFileSync(new URL('../../docs/sizing.md', import.meta.url), 'utf8')
    expect(page, 'npm run sizing -- --write').toBe(pageOf(known))
  })

  it.each([
    ['a token that outlives every session', { minutes: 1, lifetime: 1e6 }, 1],
    ['sessions of two half lives on average', { minutes: 5, lifetime: 300 }, 2.54],
    ['sessions of many half lives, one each', { minutes: 600, lifetime: 60 }, 1200.5],
  ])('counts the attestations of a session for %s', (_, more, expected) => {
    expect(attestationsOfSession({ ...given, ...more })).toBeCloseTo(expected, 2)
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

  it('says when the limit of one app is reached, at the peak and after an outage', () => {
    expect(defaultLimits.app).toEqual({ requests: appQuota, seconds: 60 })
    const once = { ...given, sessions: 1, minutes: 1e-3, peak: 1 }
    expect(mostOfOneApp(once)).toEqual({ peak: 60_000 * 1_440, afterOutage: (60_000 * 1_440) / 5 })
    expect(usedOf(1e7, values)[0]).toMatchObject({ part: 'app' })
    expect(usedOf(1e5, values)[0].share).toBeLessThan(1)
  })

  it('counts the enrolments of a launch by what each takes', () => {
    const [one, ten] = [launchOf(1e6, values), launchOf(1e7, values)]
    expect(ten.cores).toBeCloseTo(10 * one.cores, 6)
    expect(launchOf(1e6, values, { ...given, enrolment: 6.8 }).cores).toBeCloseTo(2 * one.cores, 6)
    expect([one.isBeyondAppQuota, ten.isBeyondAppQuota]).toEqual([false, true])
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
})
