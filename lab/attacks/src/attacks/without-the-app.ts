import { randomBytes } from 'node:crypto'
import { memoryImage } from '@assay/client'
import { headerNames, paths, type ChallengeResponse } from '@assay/protocol'
import { createSoftwareKey, forgeProof, signAttestation } from '@assay/testkit'
import { without } from '../attack/sdks.ts'
import { inOtherHands, served, twice } from '../drivers/other-hands.ts'
import type { Attack } from '../attack/attack.ts'
import {
  atEachLevel,
  noChallenge,
  noGuard,
  noSecret,
  noToken,
  notApplicable,
  onlyAssay,
  refusedWith,
  through,
} from '../attack/expected.ts'
import { findSecrets, stolenKey } from '../kinds/stolen.ts'
import { encodePart } from '../kinds/jws.ts'
import { send, sound, withLoot } from '../kinds/forged-request.ts'
import { call, callFrom, post } from '../world/call.ts'
import { allOf, everyOf } from '../world/outcome.ts'
import { shop, type World } from '../world/world.ts'

const guesses = 50

const replays = 5

/** What a plan asks besides reads. */
interface PlanQuestions {
  live: { show: string[] }
  probes: string[]
}

/** Requests that no app makes. */
export const withoutTheApp: readonly Attack[] = [
  {
    id: 'plain-script',
    sdks: without('script'),
    title: 'A script calls the API',
    oat: 'OAT-011',
    method: 'GET without any credential',
    expected: atEachLevel(through, refusedWith('wrong_api_key'), refusedWith('TOKEN_MISSING')),
    run: {
      unprotected: async ({ apis }) => ({ attack: await call(apis.unprotected) }),
      'embedded-secret': async ({ apis, apks }) => {
        const [secret = ''] = await findSecrets(apks.release)
        return {
          attack: await call(apis.embeddedSecret),
          twin: await call(apis.embeddedSecret, { headers: { [shop.secretHeader]: secret } }),
        }
      },
      assay: async (world) => {
        const { orders } = world.apis
        const device = await world.device()
        try {
          return { attack: await call(orders), twin: await callFrom(device, orders, world) }
        } finally {
          device.close()
        }
      },
    },
  },
  {
    id: 'secret-from-apk',
    sdks: without('script'),
    title: 'A script uses the secret that it found in the APK',
    oat: 'OAT-008',
    method: 'the APK is unzipped and searched for members named like secrets; each value is tried',
    expected: atEachLevel(notApplicable(noSecret), through, refusedWith('PROOF_MISSING,TOKEN_MISSING')),
    run: {
      'embedded-secret': async ({ apis, apks }) => {
        const tries = (await findSecrets(apks.release)).map((secret) =>
          call(apis.embeddedSecret, { headers: { [shop.secretHeader]: secret } }),
        )
        return { attack: allOf(await Promise.all(tries)) }
      },
      assay: async (world) => {
        const { orders } = world.apis
        const fields = (await findSecrets(world.apks.release)).flatMap((secret) => [
          { [shop.secretHeader]: secret },
          { authorization: `Bearer ${secret}` },
          { [headerNames.attestation]: secret },
        ])
        const device = await world.device()
        try {
          const tries = fields.map((headers) => call(orders, { headers }))
          return { attack: allOf(await Promise.all(tries)), twin: await callFrom(device, orders, world) }
        } finally {
          device.close()
        }
      },
    },
  },
  {
    id: 'credential-guessed',
    sdks: without('script'),
    title: 'A script guesses the credential',
    oat: 'OAT-002',
    method: `${guesses} random values of the right shape`,
    expected: atEachLevel(
      notApplicable(noSecret),
      refusedWith('wrong_api_key'),
      refusedWith('TOKEN_SIGNATURE'),
    ),
    run: {
      'embedded-secret': async ({ apis, apks }) => {
        const use = (secret: string) =>
          call(apis.embeddedSecret, { headers: { [shop.secretHeader]: secret } })
        const tries = Array.from({ length: guesses }, () =>
          use(`SG.${randomBytes(48).toString('base64url')}`),
        )
        const [secret = ''] = await findSecrets(apks.release)
        return { attack: allOf(await Promise.all(tries)), twin: await use(secret) }
      },
      assay: (world) =>
        withLoot(world, async (loot) => {
          const proof = () => forgeProof(loot.key, 'GET', loot.url)
          const guess = () => {
            const [header, payload] = loot.token.split('.') as [string, string]
            return `${header}.${payload}.${encodePart(randomBytes(64).toString('latin1')).slice(0, 86)}`
          }
          const tries = Array.from({ length: guesses }, () => send({ token: guess(), proof: proof() }, world))
          return { attack: allOf(await Promise.all(tries)), twin: await send(sound(loot), world) }
        }),
    },
  },
  {
    id: 'captured-request',
    sdks: inOtherHands(twice),
    title: 'A request of the genuine app is recorded and repeated',
    oat: 'OAT-006',
    method: `every field as the app sent it, ${replays} times more`,
    expected: atEachLevel(through, through, refusedWith('PROOF_REPLAYED')),
    run: {
      unprotected: async ({ apis }) => ({ attack: await call(apis.unprotected) }),
      'embedded-secret': async ({ apis, apks }) => {
        const [secret = ''] = await findSecrets(apks.release)
        const captured = { headers: { [shop.secretHeader]: secret } }
        const first = await call(apis.embeddedSecret, captured)
        return { attack: await call(apis.embeddedSecret, captured), twin: first }
      },
      assay: async (world) => {
        const { orders } = world.apis
        const device = await world.device()
        try {
          const url = orders.url + shop.orders
          const headers = { ...(await device.client.proof({ method: 'GET', url })) }
          const twin = await call(orders, { headers })
          const again = Array.from({ length: replays }, () => call(orders, { headers }))
          return { attack: allOf(await Promise.all(again)), twin: everyOf([twin]) }
        } finally {
          device.close()
        }
      },
    },
  },
  {
    id: 'answer-made-up',
    sdks: without('script'),
    title: 'A script enrols with its own key and invents the measurement',
    oat: 'OAT-019',
    method: 'challenge, plan and names of segments are real, the values are random, the probes find nothing',
    expected: onlyAssay(noChallenge, refusedWith('SOFTWARE_SEGMENT_MISMATCH')),
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
  },
  {
    id: 'token-and-key-copied',
    sdks: without('key-outside-hardware'),
    title: 'Token and private key are copied from the device',
    oat: 'OAT-020',
    method:
      'all memory and files of the process are read; a key in the Keystore is not in them, and signs for the app only',
    expected: onlyAssay(noToken, through, refusedWith('PROOF_KEY_MISMATCH,PROOF_SIGNATURE')),
    run: {
      assay: (world) => withLoot(world, async (loot) => ({ attack: await send(sound(loot), world) })),
      'assay-hardware': async (world) => {
        const { native, nativePhones } = world
        const keyStore = native.keystore(nativePhones.pixel())
        const device = await native.android({ keyStore })
        try {
          const { token } = await device.client.getToken(native.orders.url)
          const keys = [createSoftwareKey(), stolenKey(keyStore)]
          const tries = keys.map((key) => {
            const proof = forgeProof(key, 'GET', native.orders.url + shop.orders)
            return send({ token, proof, target: native.orders }, world)
          })
          return {
            attack: allOf(await Promise.all(tries)),
            twin: await callFrom(device, native.orders, world),
          }
        } finally {
          device.close()
        }
      },
    },
  },
  {
    id: 'brokered-device',
    sdks: inOtherHands(served),
    title: 'A script makes a genuine device sign each of its requests',
    oat: 'OAT-005',
    method: "the genuine app's SDK gives token and proof, the script sends them from elsewhere",
    expected: onlyAssay(noToken, through),
    run: {
      assay: async (world) => {
        const { orders } = world.apis
        const device = await world.device()
        try {
          const url = orders.url + shop.orders
          const headers = await device.client.proof({ method: 'GET', url })
          return { attack: await call(orders, { headers: { ...headers } }) }
        } finally {
          device.close()
        }
      },
    },
  },
  {
    id: 'unguarded-route',
    sdks: without('at-the-api'),
    title: 'A script finds an older route to the same data that nobody guards',
    oat: 'OAT-014',
    method: 'GET of a route that was there before the guard was',
    expected: onlyAssay(noGuard, through),
    run: {
      assay: async ({ apis }) => ({
        attack: await call(apis.legacy, { path: shop.legacyOrders }),
      }),
    },
  },
]

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
    body: JSON.stringify({ ...about, key: key.thumbprint, purpose: 'enrolment' }),
  })
  const { attestation_challenge: challenge, plan } = (await response.json()) as ChallengeResponse
  const value = (length: number) => randomBytes(length).toString('base64url')
  const asked = JSON.parse(Buffer.from(plan ?? '', 'base64url').toString()) as PlanQuestions
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
