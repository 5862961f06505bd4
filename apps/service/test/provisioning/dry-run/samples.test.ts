import { setImmediate as othersFirst } from 'node:timers/promises'
import type { Verified } from '@assay/evidence'
import type { App, BuildSummary } from '@assay/protocol/schemas'
import { describe, expect, it } from 'vitest'
import type { Appraised } from '../../../src/attestation/appraise.ts'
import { ranks, samplesPerDay, type ClaimSample } from '../../../src/provisioning/dry-run/ports.ts'
import { createSampler } from '../../../src/provisioning/dry-run/samples.ts'
import { vocabulary } from '../../schemes.ts'

const facts = {
  installation: { holderKey: 'software', enrolmentsToday: 0, hardwareKeyDemanded: false },
  ...{ registered: {}, missing: [], unread: [], ages: {} },
} as const
const claims = { measured: true, build: '1', keyOfTheDevice: 'secret', probes: {} }

const seen = (thumbprint: string, more: { now?: number; app?: string } = {}): Appraised => ({
  app: { id: more.app ?? 'app' } as App,
  build: { id: '1', version_code: 7 } as BuildSummary,
  thumbprint,
  input: {
    claims: [{ format: 'software', claims } as unknown as Verified<unknown>],
    now: more.now ?? 1_790_000_000,
    facts,
  },
  results: [],
})

function sampler() {
  const written: ClaimSample[] = []
  const secret = new Uint8Array(32)
  const made = createSampler({
    store: { add: async (batch) => void written.push(...batch) },
    secret,
    vocabulary,
  })
  return { ...made, written }
}

describe('samples of claims', () => {
  it('contain what policies read of an installation, once a day, and nothing that identifies it', async () => {
    const { take, flush, rankOf, written } = sampler()
    for (let i = 0; i < 3; i++) take(seen('thumbprint'))
    await flush()
    take(seen('thumbprint'))
    take(seen('thumbprint', { now: 1_790_086_400 }))
    await flush()
    const rank = rankOf('app', 'thumbprint')
    expect(rank).toBeLessThan(ranks)
    expect(written).toEqual(
      [20_717, 20_718].map((day) =>
        expect.objectContaining({
          ...{ app: 'app', day, rank, build: '1', versionCode: 7, isRemembered: false, facts },
          claims: [{ format: 'software', claims: { measured: true, build: '1', probes: {} } }],
        }),
      ),
    )
    expect(JSON.stringify(written)).not.toMatch(/thumbprint|secret/)
  })

  it('are the lowest ranks of an app, and no more in memory than some thousand', async () => {
    const { take, flush, rankOf, written } = sampler()
    for (let i = 0; i < 20 * samplesPerDay; i++) {
      take(seen(`t${i}`))
      if (i % samplesPerDay === 0) await flush()
    }
    await flush()
    const lowest = Array.from({ length: 20 * samplesPerDay }, (_, i) => rankOf('app', `t${i}`))
      .sort((a, b) => a - b)
      .slice(0, samplesPerDay)
    const kept = new Set(written.map(({ rank }) => rank))
    expect(lowest.every((rank) => kept.has(rank))).toBe(true)
    // All of the first day's installations were taken until there were enough; later ones only if they rank lower.
    expect(written.length).toBeLessThan(8 * samplesPerDay)
    expect(rankOf('other', 't1')).not.toBe(rankOf('app', 't1'))
  })

  it.each(['stored', 'lost'])('that are being written are %s once a later flush is over', async (end) => {
    const done: string[] = []
    let answer = (): void => undefined
    const { take, flush } = createSampler({
      store: {
        add: () =>
          new Promise((resolve, reject) => {
            answer = () => {
              done.push(end)
              if (end === 'stored') resolve()
              else reject(new Error('away'))
            }
          }),
      },
      secret: new Uint8Array(32),
      vocabulary,
    })
    take(seen('thumbprint'))
    const first = flush().catch(() => undefined)
    // It has nothing of its own to write.
    const later = flush().then(() => done.slice())
    await othersFirst()
    answer()
    await first
    expect(await later).toEqual([end])
  })

  it('are lost where they cannot be written, and wait in a bounded number', async () => {
    const { take, flush, written } = sampler()
    for (let app = 0; app < 8; app++)
      for (let i = 0; i < samplesPerDay; i++) take(seen(`t${i}`, { app: `app${app}` }))
    await flush()
    expect(written).toHaveLength(5_000)
    const failing = createSampler({
      store: { add: () => Promise.reject(new Error('away')) },
      secret: new Uint8Array(32),
      vocabulary,
    })
    failing.take(seen('t'))
    await expect(failing.flush()).rejects.toThrow('away')
    await failing.flush()
  })
})
