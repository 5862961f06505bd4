import { paths, type ChallengeResponse } from '@assay/protocol'
import { createSoftwareKey } from '@assay/testkit'
import type { Attack } from '../../attack.ts'
import { callFrom, refused, served } from '../../verdict.ts'
import type { World } from '../../world.ts'

const tries = 30

/** The plan for a challenge under a new key. */
async function ask({ service, apps, builds, apis }: World): Promise<string> {
  const response = await fetch(new URL(paths.challenges, service), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      app: apps.android,
      build: builds.release.id,
      sdk: 'assay-js/0.1.0',
      key: createSoftwareKey().thumbprint,
      audiences: [apis.orders.url],
    }),
  })
  return ((await response.json()) as ChallengeResponse).plan
}

export const planShopping: Attack = {
  id: 'plan-shopping',
  title: 'Challenges are asked for until one comes with a plan that suits',
  oat: 'OAT-020',
  method: `${tries} challenges under new keys; through if two plans of one epoch differ`,
  run: {
    assay: async (world) => {
      const plans = await Promise.all(Array.from({ length: tries }, () => ask(world)))
      const epochs = plans.map(
        (plan) => (JSON.parse(Buffer.from(plan, 'base64url').toString()) as { epoch: number }).epoch,
      )
      const differ = new Set(plans).size > new Set(epochs).size
      const device = await world.device()
      const twin = await callFrom(device, world.apis.orders, world)
      device.close()
      return { attack: differ ? served() : refused(200, 'SAME_PLAN'), twin }
    },
  },
}
