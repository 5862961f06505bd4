import { startValkeyGroup, type ValkeyGroup } from '../../cluster/valkey-group.ts'
import { weaken } from '../../cluster/weaken.ts'
import type { Fault } from '../../fault/fault.ts'
import type { Stage } from '../../stage/stage.ts'
import { disturbed, type Events } from './disturbed.ts'
import { tryAgain, useSome, type Used } from './used.ts'

/** Nodes of a Valkey with replicas, which they reach through a switch. */
async function overGroup(
  { cluster }: Stage,
  events: (group: ValkeyGroup) => Omit<Events, 'close'>,
): Promise<Events> {
  const group = await startValkeyGroup()
  for (const [i, node] of cluster.nodes.entries()) {
    await node.stop()
    await cluster.restart(i, { valkey: group.url })
  }
  return { ...events(group), close: group.close }
}

export const failOverFaults: readonly Fault[] = [
  disturbed({
    name: 'valkey-failed-over',
    what: 'the Valkey that takes writes is killed, and a replica that has heard everything takes its place',
    prepare: (stage) => overGroup(stage, (group) => ({ disturb: group.failOver, restore: group.reunite })),
  }),
  disturbed({
    name: 'valkey-failed-over-with-loss',
    what: 'replicas are cut off before the last uses, and one takes the place of the Valkey that is killed: the lost uses open no challenge again',
    prepare: (stage) =>
      overGroup(stage, (group) => ({
        disturb: async () => {
          group.cutReplicas()
          const lost = await useSome(stage, 20)
          await group.failOver()
          return lost
        },
        restore: group.reunite,
        weaken: () => weaken(group.primary(), 'identity'),
      })),
  }),
  disturbed({
    name: 'valkey-split',
    what: 'a replica takes writes beside the Valkey that still does, and nodes hang on either: what one accepts the other does not',
    prepare: (stage) =>
      overGroup(stage, (group) => {
        const { cluster } = stage
        let used: readonly Used[] = []
        return {
          disturb: async () => {
            await group.split()
            await cluster.nodes[1]?.kill()
            await cluster.restart(1, { valkey: group.primary().url })
            used = [...(await useSome(stage, 10, [0, 2])), ...(await useSome(stage, 10, [1]))]
            return used
          },
          meanwhile: (tally) => tryAgain(stage, used, tally),
          restore: async () => {
            await cluster.nodes[1]?.kill()
            await group.reunite()
            await cluster.restart(1, { valkey: group.url })
          },
        }
      }),
  }),
]
