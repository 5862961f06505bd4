import type { Attack, About } from '../attack/attack.ts'
import type { Outcome } from '../world/outcome.ts'
import type { World } from '../world/world.ts'

interface Registration extends About {
  attack: (world: World, registrationKey: string) => Promise<Outcome>
  /** Default: the released build, by the same key. Registering the same again is served. */
  twin?: (world: World, registrationKey: string) => Promise<Outcome>
}

/** An attacker with the pipeline's registration key, or without one, tries to register more builds or rights. */
export function registration({ attack, twin = releaseAgain, ...about }: Registration): Attack {
  return {
    ...about,
    run: {
      assay: async (world) => {
        const key = await world.operator.registrationKey(world.apps.android)
        return { attack: await attack(world, key), twin: await twin(world, key) }
      },
    },
  }
}

const releaseAgain = ({ operator, apks, builds }: World, key: string) =>
  operator.register(apks.release, { id: builds.release.id, key })
