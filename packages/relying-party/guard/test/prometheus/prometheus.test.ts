import { fixedBytes } from '@assay/testkit/fixed'
import { Counter, Registry } from 'prom-client'
import { describe, expect, test } from 'vitest'
import { clockGauge, decisionCounter } from '@assay/guard/prometheus'
import { app, mintToken, newGuard, newRequest } from '../minting.ts'

const linesOf = async (registry: Registry) =>
  (await registry.metrics()).split('\n').filter((line) => /^[a-z]/.test(line))

describe('decisions for Prometheus', () => {
  test('are counted by app, outcome, tier and code', async () => {
    const registry = new Registry()
    const onDecision = decisionCounter({ registry })
    await newGuard({ onDecision }).verify(newRequest())
    await newGuard({ onDecision, tiers: ['affirming'] }).verify(newRequest())
    await newGuard({ onDecision, tiers: ['affirming'], enforcement: 'observe' }).verify(newRequest())
    await newGuard({ onDecision, clock: () => NaN }).verify(newRequest())
    expect(await linesOf(registry)).toEqual([
      `assay_guard_decisions_total{app="${app}",tier="warning",outcome="admitted",code=""} 1`,
      `assay_guard_decisions_total{app="${app}",tier="warning",outcome="refused",code="TIER_NOT_ADMITTED"} 1`,
      `assay_guard_decisions_total{app="${app}",tier="warning",outcome="admitted",code="TIER_NOT_ADMITTED"} 1`,
      `assay_guard_decisions_total{app="",tier="",outcome="malfunction",code="CLOCK_FAILED"} 1`,
    ])
  })

  test('get no series from what strangers send: unsigned fields, paths, and apps that are not admitted', async () => {
    const registry = new Registry()
    const guard = newGuard({ onDecision: decisionCounter({ registry }) })
    for (let i = 0; i < 20; i += 1) {
      const chance = fixedBytes(`stranger ${i}`, 8).toString('hex')
      await guard.verify({ method: chance, url: `/${chance}`, headers: { 'assay-status': chance } })
      await guard.verify({
        ...newRequest(),
        url: `/${chance}`,
        headers: { 'oauth-client-attestation': chance },
      })
      await guard.verify(newRequest({ token: mintToken({ claims: { sub: `com.example.${chance}` } }) }))
    }
    const lines = await linesOf(registry)
    expect(
      lines.every((line) => line.startsWith('assay_guard_decisions_total{app="",tier="",outcome="refused",')),
    ).toBe(true)
    expect(lines.length).toBeLessThanOrEqual(5)
    expect(lines.join('\n')).toContain('code="APP_NOT_ADMITTED"')
  })

  test('of two guards with one registry are counted together, and the registry is the only one that has them', async () => {
    const registry = new Registry()
    const other = new Counter({ name: 'orders_total', help: 'of the API itself', registers: [registry] })
    other.inc()
    for (const onDecision of [decisionCounter({ registry }), decisionCounter({ registry })])
      await newGuard({ onDecision }).verify(newRequest())
    expect(await linesOf(registry)).toEqual([
      'orders_total 1',
      `assay_guard_decisions_total{app="${app}",tier="warning",outcome="admitted",code=""} 2`,
    ])
  })

  test.each([[undefined], [null], [{}], ['default']])('need a registry: %s is misuse', (registry) => {
    expect(() => decisionCounter({ registry: registry as never })).toThrow(
      expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }),
    )
  })
})

describe('the clock for Prometheus', () => {
  test('is shown once the service has answered, for all guards of one registry', async () => {
    const registry = new Registry()
    const onClock = clockGauge({ registry })
    expect(await linesOf(registry)).toEqual([])
    onClock({ seconds: -600 })
    clockGauge({ registry })
    expect(await linesOf(registry)).toEqual(['assay_guard_clock_offset_seconds -600'])
  })
})
