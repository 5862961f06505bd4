import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { paths, type AttestationRequest, type ChallengeResponse, type ClientData } from '@assay/protocol'
import { createSoftwareKey, forgeAttestation, namedPlan, readClientData, type Device } from '@assay/testkit'
import { without } from '../attack/sdks.ts'
import { planned, sending, type Plan } from '../drivers/meddling.ts'
import { onTheWay } from '../drivers/on-the-way.ts'
import type { Attack } from '../attack/attack.ts'
import type { Outcome } from '../world/outcome.ts'
import { noChallenge, noService, onlyAssay, refusedWith } from '../attack/expected.ts'
import { withLoot } from '../kinds/forged-request.ts'
import { attestTampered, tamperedAnswer, withClientData } from '../kinds/tampered-answer.ts'
import { callFrom } from '../world/call.ts'
import { allOf, refused, served } from '../world/outcome.ts'
import type { World } from '../world/world.ts'

const plansAsked = 30

/** Makes plans that want more than the app's own code and the probes that the SDK declares. */
const greedy: readonly ((plan: Plan) => object)[] = [
  (plan) => ({ ...plan, probes: [...plan.probes, 'contacts'] }),
  (plan) => ({ ...plan, probes: ['contacts.all'] }),
  (plan) => ({ ...plan, reads: [{ op: 'file', path: '/data/data/secrets.db' }] }),
  (plan) => ({ ...plan, reads: [{ op: 'range', segment: 4000, length: 512 }] }),
  (plan) => ({
    ...plan,
    reads: Array.from({ length: 64 }, () => ({ op: 'range', segment: 0, length: 4096 })),
  }),
  (plan) => ({ ...plan, app: 'com.example.other' }),
  (plan) => ({ ...plan, live: { show: ['eval'], run: [] } }),
]

const overlong = (plan: Plan) => JSON.stringify(plan).padEnd(1 << 19)

const withOneRead = (plan: Plan) => ({ ...plan, reads: plan.reads.slice(0, 1) })

/** Plans, measurements, probes and evidence that are changed on their way. */
export const answers: readonly Attack[] = [
  {
    id: 'plan-made-easier',
    sdks: onTheWay([planned(withOneRead)]),
    title: 'The answer names the plan with fewer reads',
    oat: 'OAT-020',
    method: 'one read is left; challenge, key and signature are genuine',
    expected: onlyAssay(noChallenge, refusedWith('challenge_invalid')),
    run: namingPlan(easier),
  },
  {
    id: 'plan-of-other-app',
    sdks: without('own-client-data'),
    title: "Another app's plan is named",
    oat: 'OAT-020',
    method: 'issued by this service in this epoch, for the small web app',
    expected: onlyAssay(noChallenge, refusedWith('challenge_invalid')),
    run: namingPlan(planOfWebApp),
  },
  {
    id: 'plan-shopping',
    sdks: without('own-client-data'),
    title: 'A client asks for challenges until the plan of one suits it',
    oat: 'OAT-020',
    method: `${plansAsked} challenges under new keys; through if two plans of one epoch differ`,
    expected: onlyAssay(noChallenge, refusedWith('SAME_PLAN')),
    run: {
      assay: async (world) => {
        const plans = await Promise.all(Array.from({ length: plansAsked }, () => askForPlan(world)))
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
  },
  {
    id: 'measurement-of-other-challenge',
    sdks: without('own-client-data'),
    title: 'The answer has a measurement for another challenge',
    oat: 'OAT-006',
    method: 'recorded from a genuine attestation of the same build in the same epoch, signed again',
    expected: onlyAssay(noChallenge, refusedWith('SOFTWARE_SEGMENT_MISMATCH')),
    run: {
      assay: (world) =>
        withLoot(world, async ({ device }) => {
          const recorded = device.exchanges.find(({ path }) => path === paths.attestations)
          const { measurement } = readClientData(recorded?.request as AttestationRequest)
          const own = ({ measurement }: ClientData) => ({ measurement })
          return {
            attack: await attestTampered(
              world,
              withClientData(() => ({ measurement })),
            ),
            twin: await attestTampered(world, withClientData(own)),
          }
        }),
    },
  },
  tamperedAnswer({
    id: 'response-made-up',
    sdks: without('own-client-data'),
    title: 'The final value is invented, the tags are right',
    oat: 'OAT-020',
    method: 'each segment looks as it should, and the fresh reads were not done',
    expected: onlyAssay(noChallenge, refusedWith('SOFTWARE_RESPONSE_MISMATCH')),
    tamper: withClientData(({ measurement }) => ({
      measurement: { ...measurement, response: randomBytes(32).toString('base64url') },
    })),
  }),
  tamperedAnswer({
    id: 'probes-volunteered',
    sdks: without('own-client-data'),
    title: 'The answer has probes that nobody asked for',
    oat: 'OAT-020',
    method: 'a clean bill of health is added to client data',
    expected: onlyAssay(noChallenge, refusedWith('SOFTWARE_PROBES')),
    tamper: withClientData(({ probes }) => ({ probes: { ...probes, 'vendor.rooted': false } })),
  }),
  tamperedAnswer({
    id: 'probe-answer-changed',
    sdks: without('own-client-data'),
    title: "A probe's answer is changed on its way",
    oat: 'OAT-009',
    method: 'after it was folded into the measurement; signed again',
    expected: onlyAssay(noChallenge, refusedWith('SOFTWARE_RESPONSE_MISMATCH')),
    tamper: withClientData(({ probes }) => {
      const [first] = Object.keys(probes)
      if (first === undefined) throw new Error('no probe was asked')
      return { probes: { ...probes, [first]: 'something-else' } }
    }),
  }),
  tamperedAnswer({
    id: 'evidence-stripped',
    sdks: onTheWay([sending(() => ({ evidence: [] }))]),
    title: 'Downgrade: platform evidence is removed on the way',
    oat: 'OAT-020',
    method: 'client data lists a piece of evidence, none follows',
    expected: onlyAssay(noChallenge, refusedWith('evidence_list_mismatch')),
    tamper: withClientData(() => ({ evidence: ['play-integrity'] })),
  }),
  tamperedAnswer({
    id: 'evidence-made-up',
    sdks: without('own-client-data'),
    title: 'Evidence of a kind that the service does not know',
    oat: 'OAT-020',
    method: 'listed in client data and sent, in the hope that it is looked past',
    expected: onlyAssay(noChallenge, refusedWith('EVIDENCE_FORMAT_UNKNOWN')),
    tamper: (answer, key) =>
      forgeAttestation({ ...answer, evidence: [{ format: 'trust-me', ok: true }] }, key, (data) => ({
        ...data,
        evidence: ['trust-me'],
      })),
  }),
  tamperedAnswer({
    id: 'audience-widened',
    sdks: without('own-client-data'),
    title: 'Client data asks for an audience that the app may not have',
    oat: 'OAT-020',
    method: 'the challenge was asked for with the registered ones; another is added when answering',
    expected: onlyAssay(noChallenge, refusedWith('audience_not_registered')),
    tamper: withClientData(({ audiences }) => ({ audiences: [...audiences, 'https://admin.example.com'] })),
  }),
  {
    id: 'hostile-service',
    sdks: onTheWay([...greedy, overlong].map(planned)),
    title: "Someone in place of the service asks the SDK for more than the app's code",
    oat: 'OAT-018',
    method:
      "undeclared probes, a file, segments that are not there, half a megabyte, another app's plan, other functions",
    expected: onlyAssay(noService, refusedWith('sdk:plan_refused')),
    run: {
      assay: async (world) => {
        const device = await world.device()
        try {
          const twin = await callFrom(device, world.apis.orders, world)
          const genuine = JSON.parse(Buffer.from(planAnswered(device), 'base64url').toString()) as Plan
          const tries = greedy.map((change) => askGenuineSdk(world, change(genuine)))
          return { attack: allOf(await Promise.all(tries)), twin }
        } finally {
          device.close()
        }
      },
    },
  },
]

/** Client data that names another plan than the one of its challenge. */
function namingPlan(planOf: (world: World) => Promise<string>): Attack['run'] {
  return {
    assay: async (world) => {
      const other = namedPlan(await planOf(world))
      return {
        attack: await attestTampered(
          world,
          withClientData(() => other),
        ),
        twin: await attestTampered(
          world,
          withClientData(({ plan_digest: own }) => ({ plan_digest: own })),
        ),
      }
    },
  }
}

/** The plan with its first read only. */
async function easier(world: World): Promise<string> {
  const plan = JSON.parse(Buffer.from(await askForPlan(world), 'base64url').toString()) as Plan
  return Buffer.from(JSON.stringify(withOneRead(plan))).toString('base64url')
}

/** The plan that the first answer to a device has. */
function planAnswered({ exchanges }: Device): string {
  const asked = exchanges.find(({ path }) => path === paths.challenges)
  return (asked?.response as ChallengeResponse).plan ?? ''
}

/** The plan that the service asks of the web app, base64url. */
async function planOfWebApp({ webDevice, apis }: World): Promise<string> {
  const device = await webDevice()
  await device.client.getToken(apis.orders.url)
  device.close()
  return planAnswered(device)
}

/** The plan for a challenge under a new key. */
async function askForPlan({ service, apps, builds, apis }: World): Promise<string> {
  const response = await fetch(new URL(paths.challenges, service), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      app: apps.android,
      build: builds.release.id,
      sdk: 'assay-js/0.1.0',
      key: createSoftwareKey().thumbprint,
      purpose: 'enrolment',
      audiences: [apis.orders.url],
    }),
  })
  return ((await response.json()) as ChallengeResponse).plan ?? ''
}

/** A service that hands out `plan`, and whether an app answered it. */
async function startPretender(plan: object) {
  let answered = false
  const server = createServer((request: IncomingMessage, response) => {
    request.resume()
    if (request.url === paths.attestations) answered = true
    const challenge = randomBytes(48).toString('base64url')
    const text = Buffer.from(JSON.stringify(plan)).toString('base64url')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ attestation_challenge: challenge, plan: text, expires_in: 120 }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answered: () => answered,
    close: () => void server.close(),
  }
}

/** Through if the genuine app's SDK answers. */
async function askGenuineSdk(world: World, plan: object): Promise<Outcome> {
  const service = await startPretender(plan)
  const device = await world.device({ endpoint: service.url })
  try {
    const outcome = await callFrom(device, world.apis.orders, world)
    return service.answered() ? served() : outcome
  } finally {
    device.close()
    service.close()
  }
}
