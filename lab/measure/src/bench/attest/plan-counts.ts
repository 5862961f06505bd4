import type { Plan } from '@assay/measurement'

/** The counts of a plan, which show that it is the production plan. */
export function planCounts({ reads, probes, live }: Plan): Record<string, number> {
  const pieces = reads.map((read) => ({ length: read.length, times: read.op === 'range' ? 1 : read.count }))
  return {
    reads: pieces.reduce((sum, { times }) => sum + times, 0),
    bytesFolded: pieces.reduce((sum, { length, times }) => sum + length * times, 0),
    probes: probes.length,
    liveFunctions: live.show.length,
    exercises: live.run.length,
  }
}
