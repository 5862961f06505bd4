import { randomBytes } from 'node:crypto'
import { memoryImage } from '@assay/client'
import { paths, type ChallengeResponse } from '@assay/protocol'
import { createSoftwareKey, signAttestation } from '@assay/testkit'
import type { Attack } from '../../attack.ts'
import { callFrom, post } from '../../verdict.ts'
import type { World } from '../../world.ts'

/** What a plan asks besides reads. */
interface Asked {
  live: { show: string[] }
  probes: string[]
}

/** Enrols like an installation and answers with made-up values: all that it knows is public. */
async function enrol({ service, apps, builds, apis }: World): Promise<object> {
  const key = createSoftwareKey()
  const about = {
    app: apps.android,
    build: builds.release.id,
    sdk: 'assay-js/0.1.0',
    audiences: [apis.orders.url],
  }
  const response = await fetch(new URL(paths.challenges, service), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...about, key: key.thumbprint }),
  })
  const { attestation_challenge: challenge, plan } = (await response.json()) as ChallengeResponse
  const value = (length: number) => randomBytes(length).toString('base64url')
  const asked = JSON.parse(Buffer.from(plan, 'base64url').toString()) as Asked
  const live = asked.live.show.map((name) => `live:${name}`)
  const names = [...builds.release.segments.map(({ name }) => name).sort(), ...live]
  const clientData = {
    ...about,
    v: 1,
    challenge,
    plan,
    key: key.publicJwk,
    measurement: { response: value(32), tags: Object.fromEntries(names.map((name) => [name, value(8)])) },
    probes: Object.fromEntries(asked.probes.map((name) => [name, ''])),
    evidence: [],
  }
  return signAttestation(Buffer.from(JSON.stringify(clientData)), key)
}

export const answerMadeUp: Attack = {
  id: 'answer-made-up',
  title: 'A script enrols with a key of its own and makes up the measurement',
  oat: 'OAT-019',
  method: 'challenge, plan and names of segments are real, the values are random, the probes find nothing',
  run: {
    assay: async (world) => {
      const { android } = world.apps
      const device = await world.device({ app: android, apk: memoryImage(world.builds.release.segments) })
      try {
        const attack = await post(world, paths.attestations, await enrol(world))
        return { attack, twin: await callFrom(device, world.apis.orders, world) }
      } finally {
        device.close()
      }
    },
  },
}
