import type { Attack, Verdict } from '../../attack.ts'
import { allOf, verdictOfAnswer } from '../../verdict.ts'
import type { World } from '../../world.ts'

async function ask(world: World, key: string, method: string, path: string, body?: object): Promise<Verdict> {
  const response = await fetch(new URL(path, world.service), {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return verdictOfAnswer(response, world)
}

export const pipelineKeyExceeded: Attack = {
  id: 'pipeline-key-exceeded',
  title: 'A leaked pipeline key is used for more than registering builds',
  oat: 'OAT-014',
  method: "an admin key, another API, a lower minimum, another app's builds, a build's retirement",
  run: {
    assay: async (world) => {
      const { android, web } = world.apps
      const key = await world.operator.registrationKey(android)
      const tries = [
        ask(world, key, 'POST', '/v1/keys', { name: 'mine', scope: 'admin' }),
        ask(world, key, 'POST', '/v1/apis', {
          audience: 'https://evil.example',
          apps: [android],
          tiers: ['warning'],
        }),
        ask(world, key, 'PATCH', `/v1/apps/${android}`, { min_version_code: 0 }),
        ask(world, key, 'GET', `/v1/apps/${web}/builds`),
        ask(world, key, 'POST', `/v1/apps/${android}/builds/${world.builds.release.id}/retire`),
      ]
      return {
        attack: allOf(await Promise.all(tries)),
        twin: await ask(world, key, 'GET', `/v1/apps/${android}/builds`),
      }
    },
  },
}
