import { drawUpPlan, exercises, parsePlan, type Plan } from '@assay/measurement'
import { expect, it } from 'vitest'
import { exercisesOfPlan } from '../../../src/attestation/speed/exercises-of-plan.ts'

function planOf(build: string): Plan {
  const segments = [{ name: 'a.dex', kind: 'dex' as const, length: 100_000 }]
  const seed = new Uint8Array(32).fill(build.length)
  return parsePlan(
    drawUpPlan({ app: 'com.example.app', build, epoch: 7, seed, coverage: 'image', segments, probes: [] }),
  )
}

it('exercises for one plan answer as those of the SDK do, for whatever input and again', () => {
  for (const plan of [planOf('1'), planOf('22')]) {
    const kept = exercisesOfPlan()
    expect(Object.keys(kept)).toEqual(Object.keys(exercises))
    for (let round = 0; round < 3; round++) {
      for (let first = 0; first < 256; first++) {
        const input = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? first : i * round * 37 + first))
        for (const [name, exercise] of Object.entries(exercises))
          expect(kept[name]?.(input, plan)).toEqual(exercise(input, plan))
      }
    }
  }
})
