import { paths } from '@assay/protocol'
import { createSoftwareKey } from '@assay/testkit'
import type { Attack, About } from '../attack/attack.ts'
import { post } from '../world/call.ts'
import { allOf } from '../world/outcome.ts'
import type { World } from '../world/world.ts'

interface Sent {
  body: string | Uint8Array
  headers?: Readonly<Record<string, string>>
}

interface ChallengeBodies extends About {
  /** Makes bodies of a genuine request for a challenge, as JSON text. Each must be refused. */
  bodies: (genuine: string) => readonly Sent[]
}

/** Requests for a challenge in forms that two parsers might read differently. Twin: the genuine one. */
export function challengeBodies({ bodies, ...about }: ChallengeBodies): Attack {
  return {
    ...about,
    run: {
      assay: async (world) => {
        const genuine = JSON.stringify(challengeRequest(world))
        const tries = bodies(genuine).map(({ body, headers }) => post(world, paths.challenges, body, headers))
        return { attack: allOf(await Promise.all(tries)), twin: await post(world, paths.challenges, genuine) }
      },
    },
  }
}

function challengeRequest({ apps, builds, apis }: World): object {
  return {
    app: apps.android,
    build: builds.release.id,
    sdk: 'assay-js/0.1.0',
    key: createSoftwareKey().thumbprint,
    purpose: 'enrolment',
    audiences: [apis.orders.url],
  }
}
