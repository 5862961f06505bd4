import { EvidenceError, type EvidenceScheme, type KeptReceipt, type SchemeRegistry } from '@assay/evidence'
import type { App } from '@assay/protocol/schemas'
import { expect, it } from 'vitest'
import { createInquiries, type InquiryDue, type InquiryStore } from '../../src/attestation/inquiries.ts'

const pause = 300_000
const hour = 3_600_000

interface Row {
  askAt: number | undefined
  due: Omit<InquiryDue, 'askAt'>
}

/** What becomes of the first installation. */
type Fault = 'no longer holds' | 'cannot be read' | 'is told of wrongly'

/** Installations of apps by name, due from the beginning; `away` are the apps for which the vendor does not answer. */
function world(apps: readonly string[], away: Set<string>, fault?: Fault) {
  const rows = apps.map((app, i): Row => ({
    askAt: 0,
    due: {
      app,
      thumbprint: `${app}${i}`,
      evidence: [{ format: 'f', claims: i === 0 ? fault : undefined, verifiedAt: 0 }],
      receipt: Buffer.from('r'),
    },
  }))
  const state = { now: 1_000, asked: [] as string[], malfunctions: 0, without: '' }
  const installations: InquiryStore = {
    due: async (now, { limit, without }) => ({
      due: rows
        .filter(({ askAt, due }) => askAt !== undefined && askAt <= now && !without.has(due.app))
        .slice(0, limit)
        .map(({ due, askAt }) => ({ ...due, askAt: askAt as number })),
      after: undefined,
    }),
    take: async ({ thumbprint, askAt }, until) => {
      const row = rows.find((each) => each.due.thumbprint === thumbprint && each.askAt === askAt)
      if (row !== undefined) row.askAt = until
      return row !== undefined
    },
    learn: async ({ thumbprint }, { askAt }) => {
      for (const row of rows) if (row.due.thumbprint === thumbprint) row.askAt = askAt
    },
  }
  const scheme = {
    settings: {},
    recall: async (claims: unknown) => {
      if (claims === 'no longer holds') throw new EvidenceError('F_ENVIRONMENT', 'not this environment')
      if (claims === 'cannot be read') throw new Error('malformed')
      return { claims }
    },
    inquire: async ({ claims }: KeptReceipt, { app }: { app: App }) => {
      state.asked.push(app.id)
      if (away.has(app.id)) throw new Error('no answer')
      if (claims === 'is told of wrongly') throw new EvidenceError('F_RECEIPT', 'not of this key')
      return {}
    },
  } as unknown as EvidenceScheme
  const node = () =>
    createInquiries({
      schemes: {
        find: () => (state.without === 'scheme' ? undefined : scheme),
        settingsFor: () => (state.without === 'settings' ? undefined : {}),
      } as unknown as SchemeRegistry,
      apps: { find: async (id) => (state.without === 'app' ? undefined : ({ id, evidence: {} } as App)) },
      installations,
      findSecret: async () => undefined,
      clock: () => state.now,
      onMalfunction: () => (state.malfunctions += 1),
    })
  const { askDue } = node()
  /** What is asked in one go, `later` milliseconds after the last. */
  const ask = async (later: number, signal?: AbortSignal) => {
    state.asked = []
    state.now += later
    await askDue(signal)
    return state.asked
  }
  return { state, rows, ask, node }
}

it('an app whose vendor does not answer is inquired about once, and does not delay other apps', async () => {
  const { state, ask } = world([...Array.from({ length: 100 }, () => 'a'), 'b', 'c'], new Set(['a']))
  expect(await ask(0)).toEqual(['a'])
  expect(await ask(2_000)).toEqual(['b', 'c'])
  for (let i = 0; i < 100; i++) expect(await ask(2_000)).toEqual([])
  expect(state.malfunctions).toBe(1)
})

it('other apps of the same round are not delayed either', async () => {
  const { ask } = world(['a', 'a', 'b', 'a'], new Set(['a']))
  expect(await ask(0)).toEqual(['a', 'b'])
})

it('the vendor is asked again after the pause, and inquiries go on once it answers', async () => {
  const away = new Set(['a'])
  const { ask } = world(['a', 'a', 'a'], away)
  expect(await ask(0)).toEqual(['a'])
  expect(await ask(pause - 1)).toEqual([])
  away.clear()
  expect(await ask(1)).toEqual(['a', 'a', 'a'])
})

it('the vendor is asked again after the clock was set back', async () => {
  const { ask } = world(['a', 'a'], new Set(['a']))
  expect(await ask(0)).toEqual(['a'])
  expect(await ask(-500)).toEqual(['a'])
})

it.each<[Fault, malfunctions: number, asked: string[], askAt: number | undefined]>([
  ['no longer holds', 0, ['a', 'b'], 1_000 + 24 * hour],
  ['cannot be read', 1, ['a', 'b'], 1_000 + 24 * hour],
  ['is told of wrongly', 1, ['a', 'a', 'b'], 1_000 + hour],
])('an installation that %s keeps no other of its app waiting', async (fault, malfunctions, asked, askAt) => {
  const { state, rows, ask } = world(['a', 'a', 'b'], new Set(), fault)
  expect(await ask(0)).toEqual(asked)
  expect(rows.map((row) => row.askAt)).toEqual([askAt, undefined, undefined])
  expect(state.malfunctions).toBe(malfunctions)
  expect(await ask(hour - 1)).toEqual([])
})

it('an installation whose app had wrong settings for a while is asked about once they are right', async () => {
  const { rows, ask } = world(['a', 'b'], new Set(), 'no longer holds')
  expect(await ask(0)).toEqual(['b'])
  for (const row of rows) row.due = { ...row.due, evidence: [{ format: 'f', claims: 'hold', verifiedAt: 0 }] }
  expect(await ask(24 * hour)).toEqual(['a'])
})

it.each<[without: string, asked: string[]]>([
  ['settings', ['a']],
  ['scheme', ['a']],
  ['app', []],
])(
  'an installation that falls due without its %s: a day later, %j is asked about',
  async (without, asked) => {
    const { state, ask } = world(['a'], new Set())
    state.without = without
    expect(await ask(0)).toEqual([])
    state.without = ''
    expect(await ask(24 * hour - 1)).toEqual([])
    expect(await ask(1)).toEqual(asked)
  },
)

it('no further inquiry begins after the stop', async () => {
  const { state, rows, ask } = world(['a', 'b', 'c'], new Set())
  const signal = {
    get aborted() {
      return state.asked.length > 0
    },
  } as AbortSignal
  expect(await ask(0, signal)).toEqual(['a'])
  expect(rows.map(({ askAt }) => askAt)).toEqual([undefined, 0, 0])
})

it('only one node asks about an installation, even if several look at the same time', async () => {
  const { state, node } = world(['a', 'b', 'c'], new Set())
  await Promise.all([node(), node(), node()].map(({ askDue }) => askDue()))
  expect(state.asked.sort()).toEqual(['a', 'b', 'c'])
})
