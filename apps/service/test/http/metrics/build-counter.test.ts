import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { createBuildCounter } from '../../../src/http/metrics/build-counter.ts'

const app = 'com.example.app'
const seriesOf = async (registry: Registry) =>
  (await registry.metrics()).split('\n').filter((line) => line.startsWith('assay_build_attestations_total{'))

describe('attestations by build', () => {
  it('are counted by how they ended, if the build is known', async () => {
    const registry = new Registry()
    const count = createBuildCounter(registry)
    for (const outcome of [
      'passed',
      'passed',
      'refused',
      'must_enrol',
      'malfunction',
      'unproven',
      'reported',
    ])
      count({ app, build: '7', outcome })
    count({ app, build: '', outcome: 'refused' })
    expect(await seriesOf(registry)).toEqual([
      `assay_build_attestations_total{app="${app}",build="7",outcome="passed"} 2`,
      `assay_build_attestations_total{app="${app}",build="7",outcome="refused"} 1`,
    ])
  })

  it('have series for the builds that attested last, however many there are', async () => {
    const registry = new Registry()
    const count = createBuildCounter(registry, 2)
    for (const build of ['1', '2', '1', '3']) count({ app, build, outcome: 'passed' })
    expect(await seriesOf(registry)).toEqual([
      `assay_build_attestations_total{app="${app}",build="1",outcome="passed"} 2`,
      `assay_build_attestations_total{app="${app}",build="3",outcome="passed"} 1`,
    ])
  })
})
