import { concat } from '@assay/protocol'
import { conclusionOf, drawUpPlan, parsePlan } from '@assay/measurement'
import { expect, it } from 'vitest'
import { conclusionOfPlan } from '../../../src/attestation/speed/conclusion-of-plan.ts'

const plan = parsePlan(
  drawUpPlan({
    ...{ app: 'com.example.app', build: '1', epoch: 7, seed: new Uint8Array(32).fill(3), coverage: 'image' },
    segments: [{ name: 'a.dex', kind: 'dex', length: 100_000 }],
    probes: ['debugger', 'hooks'],
    live: { show: ['one', 'two'], run: [] },
  }),
)
const digests = (byte: number) => ({
  one: new Uint8Array(32).fill(byte),
  two: new Uint8Array(32).fill(byte + 1),
})

it('the conclusion for one plan is what the SDK covers, for whatever answers and functions, and again', () => {
  const conclude = conclusionOfPlan()
  const shown = digests(1)
  const all = ['', 'found'].flatMap((debugger_) =>
    ['', 'found'].flatMap((hooks) =>
      ([shown, 'absent', digests(5)] as const).map((of) => ({ probes: { debugger: debugger_, hooks }, of })),
    ),
  )
  const seen = new Set<string>()
  for (const { probes, of } of [...all, ...all.flatMap((each) => [each, each])]) {
    const bytes = concat(...conclude(plan, probes, of))
    expect(bytes).toEqual(concat(...conclusionOf(plan, probes, of)))
    seen.add(Buffer.from(bytes).toString('hex'))
  }
  expect(seen.size).toBe(all.length)
})

it('is not worked out again while devices answer alike', () => {
  const conclude = conclusionOfPlan()
  const shown = digests(1)
  const answers = () => ({ debugger: '', hooks: '' })
  const first = conclude(plan, answers(), shown)
  expect(conclude(plan, answers(), shown)).toBe(first)
  expect(conclude(plan, { ...answers(), hooks: 'found' }, shown)).not.toBe(first)
})
