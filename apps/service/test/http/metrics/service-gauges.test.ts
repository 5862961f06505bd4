import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { addServiceGauges, type ServiceSources } from '../../../src/http/metrics/service-gauges.ts'

const nothing: ServiceSources = {
  parts: async () => new Map(),
  signsUntil: () => undefined,
  anchors: new Map(),
  auditBrokenAt: () => undefined,
  vendorLists: () => [],
  live: () => ({ leftOut: 0, refused: {} }),
  letThroughs: () => ({ all: 0, most: 0 }),
  installations: () => [],
  refusedBuilds: () => [],
  limitedNetworks: () => 0,
  clockOffset: () => undefined,
  stores: {},
}
const served = (sources: Partial<ServiceSources>) => {
  const registry = new Registry()
  addServiceGauges(registry, { ...nothing, ...sources })
  return registry.metrics()
}

describe('metrics of the service itself', () => {
  it('show a part that cannot work, and that it can again', async () => {
    let isReady = false
    const registry = new Registry()
    addServiceGauges(registry, {
      ...nothing,
      parts: async () => new Map([['database', isReady]]),
    })
    expect(await registry.metrics()).toContain('assay_ready{part="database"} 0')
    isReady = true
    expect(await registry.metrics()).toContain('assay_ready{part="database"} 1')
  })

  it('show a missing key and a missing backup as long ago, not as nothing', async () => {
    const text = await served({ lastBackup: () => undefined })
    expect(text).toContain('\nassay_signing_key_expiry_timestamp_seconds 0\n')
    expect(text).toContain('\nassay_backup_timestamp_seconds 0\n')
  })

  it('say nothing of backups where the service does not see them', async () => {
    expect(await served({})).not.toContain('assay_backup_timestamp_seconds')
  })

  it('show what support has let through, and what viewers were not shown', async () => {
    const text = await served({
      letThroughs: () => ({ all: 12, most: 10 }),
      live: () => ({ leftOut: 7 }),
    })
    expect(text).toContain('assay_let_throughs_today 12')
    expect(text).toContain('assay_let_throughs_today_most 10')
    expect(text).toContain('assay_live_outcomes_left_out_total 7')
  })

  it('show how old the list of a vendor is, and its last answer alone', async () => {
    const list = {
      name: 'android_status_list' as const,
      read_at: '2026-12-01T00:00:00.000Z',
      usable_until: '2026-12-04T00:00:00.000Z',
      asked_at: '2026-12-03T00:00:00.000Z',
    }
    let answer = 'VENDOR_UNREACHABLE'
    const registry = new Registry()
    addServiceGauges(registry, { ...nothing, vendorLists: () => [{ ...list, answer }] })
    const text = await registry.metrics()
    expect(text).toContain('assay_vendor_list_read_timestamp_seconds{list="android_status_list"} 1796083200')
    expect(text).toContain(
      'assay_vendor_list_usable_until_timestamp_seconds{list="android_status_list"} 1796342400',
    )
    expect(text).toContain(
      'assay_vendor_list_answer{list="android_status_list",answer="VENDOR_UNREACHABLE"} 1',
    )
    answer = 'ok'
    expect((await registry.metrics()).match(/^assay_vendor_list_answer.*$/gm)).toEqual([
      'assay_vendor_list_answer{list="android_status_list",answer="ok"} 1',
    ])
  })

  it('show a list that is missing as long over, not as nothing', async () => {
    const none = { name: 'android_status_list' as const, read_at: null, usable_until: null }
    const text = await served({
      vendorLists: () => [{ ...none, asked_at: '2026-12-03T00:00:00.000Z', answer: 'VENDOR_TIMEOUT' }],
    })
    expect(text).toContain('assay_vendor_list_usable_until_timestamp_seconds{list="android_status_list"} 0')
  })

  it('count the times of each store in their buckets', async () => {
    let observe: ((step: string, seconds: number) => void) | undefined
    const registry = new Registry()
    addServiceGauges(registry, { ...nothing, stores: { valkey: (follower) => (observe = follower) } })
    observe?.('call', 0.0002)
    observe?.('call', 4)
    const text = await registry.metrics()
    expect(text).toContain('assay_store_duration_seconds_bucket{le="0.00025",store="valkey",step="call"} 1')
    expect(text).toContain('assay_store_duration_seconds_bucket{le="2.5",store="valkey",step="call"} 1')
    expect(text).toContain('assay_store_duration_seconds_sum{store="valkey",step="call"} 4.0002')
  })

  it('show the users of an hour, of apps and of builds, and no longer those of an earlier one', async () => {
    let hour = [
      { dimension: 'app', app: 'a', value: '', passed: 7, refused: 2 },
      { dimension: 'build', app: 'a', value: '1', passed: 5, refused: 1 },
    ]
    const registry = new Registry()
    addServiceGauges(registry, { ...nothing, installations: () => hour })
    const text = await registry.metrics()
    expect(text).toContain('assay_installations{app="a",outcome="passed"} 7')
    expect(text).toContain('assay_installations{app="a",outcome="refused"} 2')
    expect(text).toContain('assay_build_installations{app="a",build="1",outcome="refused"} 1')
    expect(text).not.toContain('assay_installations{app="a",build')
    hour = []
    expect(await registry.metrics()).not.toContain('{app="a"')
  })

  it('show how far the clock is off that of the database, and nothing where there is no other', async () => {
    expect(await served({ clockOffset: () => -600_000 })).toContain('\nassay_clock_offset_seconds -600\n')
    expect(await served({})).not.toMatch(/^assay_clock_offset_seconds/m)
  })

  it('show builds that refuse their users, and systems with them, and no longer those that pass again', async () => {
    let refusing = [
      { app: 'a', build: '2', osVersion: '', senders: 31 },
      { app: 'a', build: '2', osVersion: 'Android 16', senders: 21 },
    ]
    const registry = new Registry()
    addServiceGauges(registry, { ...nothing, refusedBuilds: () => refusing })
    const text = await registry.metrics()
    expect(text).toContain('assay_build_refused_since_passed{app="a",build="2"} 31')
    expect(text).toContain(
      'assay_build_os_refused_since_passed{app="a",build="2",os_version="Android 16"} 21',
    )
    refusing = []
    expect(await registry.metrics()).not.toContain('{app="a"')
  })
})
