import { randomBytes } from 'node:crypto'
import { headerNames, paths, type AttestationRequest, type AttestationResponse } from '@assay/protocol'
import { createSoftwareKey, forgeAttestation, forgeProof } from '@assay/testkit'
import { without } from '../attack/sdks.ts'
import { sendToApi } from '../drivers/attempt.ts'
import * as kotlin from '../drivers/kotlin.ts'
import * as swift from '../drivers/swift.ts'
import { recoded, sending } from '../drivers/meddling.ts'
import { onTheWay } from '../drivers/on-the-way.ts'
import type { Attack } from '../attack/attack.ts'
import type { Outcome } from '../world/outcome.ts'
import { noChallenge, onlyAssay, refusedWith, through } from '../attack/expected.ts'
import { replacedShare, shopForChallenge } from '../kinds/challenge-shopping.ts'
import { send, sound, withLoot } from '../kinds/forged-request.ts'
import { attestTampered, tamperedAnswer, withClientData } from '../kinds/tampered-answer.ts'
import { tryDevice } from '../kinds/device-with-build.ts'
import { callFrom, post } from '../world/call.ts'
import { allOf } from '../world/outcome.ts'
import type { World } from '../world/world.ts'

const untouched = withClientData(() => ({}))

const withChallenge = (change: (bytes: Buffer) => Buffer) =>
  withClientData(({ challenge }) => ({
    challenge: change(Buffer.from(challenge, 'base64url')).toString('base64url'),
  }))

/** The challenge, as if it had been issued an hour later. */
function postdated(bytes: Buffer): Buffer {
  bytes.writeUInt32BE(bytes.readUInt32BE(4) + 3600, 4)
  return bytes
}

const withOtherMac = (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 28), randomBytes(20)])

/** Sends an attestation that was sent before. @returns the token that it brings */
async function answerAgain(service: string, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const again = await fetch(new URL(paths.attestations, service), { method: 'POST', headers, body })
  const { tokens } = (await again.json()) as AttestationResponse
  return tokens[0]?.token ?? ''
}

/** Challenges that are reused, changed, made up, or answered in another's name. */
export const challenges: readonly Attack[] = [
  {
    id: 'answer-other-key',
    sdks: without('own-client-data'),
    title: 'A challenge is answered with another key than it was requested for',
    oat: 'OAT-019',
    method: "measured by the genuine device; key and signature are the attacker's",
    expected: onlyAssay(noChallenge, refusedWith('challenge_invalid')),
    run: {
      assay: async (world) => ({
        attack: await answerUnder(world, false),
        twin: await answerUnder(world, true),
      }),
    },
  },
  tamperedAnswer({
    id: 'answer-signed-by-other',
    sdks: onTheWay([sending(() => ({ signature: randomBytes(64).toString('base64url') }))]),
    title: "Another key signs in the installation key's name",
    oat: 'OAT-019',
    method: "client data is untouched, the signature is the attacker's",
    expected: onlyAssay(noChallenge, refusedWith('client_data_signature_invalid')),
    tamper: (answer) => forgeAttestation(answer, createSoftwareKey(), (data) => data),
  }),
  {
    id: 'answer-replayed',
    sdks: {
      async kotlin(stage) {
        const { api, relay } = stage.world
        await kotlin.headersFor(stage, [kotlin.orders(api.url)])
        const body = relay.answered.filter(({ path }) => path === paths.attestations).at(-1)?.body ?? ''
        const token = await answerAgain(relay.url, body)
        const [own] = await kotlin.headersFor(stage, [kotlin.orders(api.url)])
        return sendToApi(api, { ...kotlin.named(own, headerNames.dpop), [headerNames.attestation]: token })
      },
      async swift(stage) {
        const [victim, thief] = [await stage.phone(), await stage.phone()]
        await victim.start().ask('token')
        const token = await answerAgain(victim.gate.url, victim.gate.passed.at(-1)?.body ?? '')
        const own = await swift.headersOf(thief.start(), 'GET', `${stage.api.url}/v1/orders`)
        return sendToApi(stage.api, { ...own, [headerNames.attestation]: token })
      },
    },
    title: "A thief sends the device's answer again and uses the token that comes back",
    oat: 'OAT-019',
    method: 'the same bytes get a token with the same claims, which is bound to a key that the thief has not',
    expected: onlyAssay(noChallenge, refusedWith('PROOF_KEY_MISMATCH')),
    run: {
      assay: (world) =>
        withLoot(world, async (loot) => {
          const recorded = loot.device.exchanges.find(({ path }) => path === paths.attestations)
          const again = await fetch(new URL(paths.attestations, world.service), {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(recorded?.request),
          })
          const { tokens } = (await again.json()) as AttestationResponse
          const token = tokens.find(({ audience }) => audience === world.apis.orders.url)?.token ?? ''
          const proof = forgeProof(createSoftwareKey(), 'GET', loot.url)
          return {
            attack: await send({ token, proof }, world),
            twin: await send(sound({ ...loot, token }), world),
          }
        }),
    },
  },
  {
    id: 'challenge-used-again',
    sdks: without('own-client-data'),
    title: 'A used challenge is answered a second time',
    oat: 'OAT-019',
    method: 'the same key, other client data; twin: the very same answer again, as after a lost reply',
    expected: onlyAssay(noChallenge, refusedWith('challenge_used')),
    run: {
      assay: (world) =>
        withLoot(world, async ({ device, key }) => {
          const recorded = device.exchanges.find(({ path }) => path === paths.attestations)
          const answer = recorded?.request as AttestationRequest
          const other = forgeAttestation(answer, key, (data) => ({ ...data, sdk: 'other/1' }))
          return {
            attack: await post(world, paths.attestations, other),
            twin: await post(world, paths.attestations, answer),
          }
        }),
    },
  },
  {
    id: 'challenge-shopping',
    sdks: without('own-client-data'),
    title: 'A client asks for challenges until one suits the code that it still has',
    oat: 'OAT-020',
    method: `${replacedShare * 100} % of the code is replaced, the digest of the epoch comes from an accomplice; every fourth challenge suits`,
    expected: onlyAssay(noChallenge, through, refusedWith('HARDWARE_EVIDENCE_MISSING')),
    run: {
      assay: async (world) => ({
        attack: await shopForChallenge(world),
        twin: await tryDevice(world, world.device()),
      }),
    },
  },
  tamperedAnswer({
    id: 'challenge-redated',
    sdks: onTheWay([recoded(postdated)]),
    title: 'A challenge is postdated',
    oat: 'OAT-006',
    method: 'its time of issue is put an hour ahead, so that it would be good for longer',
    expected: onlyAssay(noChallenge, refusedWith('challenge_invalid')),
    tamper: withChallenge(postdated),
  }),
  {
    id: 'challenge-made-up',
    sdks: onTheWay([recoded(withOtherMac)], 'challenge_invalid'),
    title: 'A challenge that the service did not issue',
    oat: 'OAT-019',
    method: 'random bytes; a real one with another MAC; a real one for another purpose',
    expected: onlyAssay(noChallenge, refusedWith('challenge_invalid,challenge_malformed')),
    run: {
      assay: async (world) => {
        const changes: ((bytes: Buffer) => Buffer)[] = [
          (bytes) => randomBytes(bytes.length),
          withOtherMac,
          (bytes) => Buffer.concat([bytes.subarray(0, 2), Buffer.of(3), bytes.subarray(3)]),
        ]
        const tries = changes.map((change) => attestTampered(world, withChallenge(change)))
        return { attack: allOf(await Promise.all(tries)), twin: await attestTampered(world, untouched) }
      },
    },
  },
  tamperedAnswer({
    id: 'challenge-other-app',
    sdks: without('own-client-data'),
    title: 'A challenge for one app is answered by another',
    oat: 'OAT-019',
    method: "client data names the owner's web app, whose code is easier to have",
    expected: onlyAssay(noChallenge, refusedWith('challenge_invalid')),
    tamper: withClientData(() => ({ app: 'com.example.web', build: '2.0' })),
  }),
  tamperedAnswer({
    id: 'challenge-other-build',
    sdks: without('own-client-data'),
    title: 'A challenge for one build is answered by another',
    oat: 'OAT-019',
    method: 'client data names another registered build of the same app',
    expected: onlyAssay(noChallenge, refusedWith('challenge_invalid')),
    tamper: withClientData(() => ({ build: 'successor' })),
  }),
]

/** The genuine device asks for a challenge; what answers it is signed by `answering`, another key or its own. */
async function answerUnder(world: World, withOwnKey: boolean): Promise<Outcome> {
  const key = createSoftwareKey()
  const answering = withOwnKey ? key : createSoftwareKey()
  const rewrite = (path: string, body: string) => {
    if (path !== paths.attestations) return body
    const answer = JSON.parse(body) as AttestationRequest
    return JSON.stringify(
      forgeAttestation(answer, answering, (data) => ({ ...data, key: answering.publicJwk })),
    )
  }
  const device = await world.device({ key, rewrite })
  try {
    return await callFrom(device, world.apis.orders, world)
  } finally {
    device.close()
  }
}
