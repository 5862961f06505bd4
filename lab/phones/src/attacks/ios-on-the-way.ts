import type { AttestationRequest, AttestationResponse } from '@assay/protocol'
import type { IosStage, SimulatedPhone } from '../ios/stage.ts'
import { allOf, send, type Code, type SdkAttack } from './attack.ts'
import { attack, attempt, call, headersOf } from './ios-attempt.ts'
import { attestations, meddlings, sending, type Way } from './meddling.ts'

const meddleOnce =
  ({ sent, answered }: Way) =>
  ({ gate }: SimulatedPhone) => {
    gate.rewrite = sent
    gate.rewriteAnswer = answered
  }

const meddling =
  (ways: readonly Way[]) =>
  async (stage: IosStage): Promise<Code> => {
    const codes: Code[] = []
    for (const way of ways) codes.push(await attempt(stage, {}, {}, meddleOnce(way)))
    return allOf(codes)
  }

/** Attacks that change, keep or invent messages between the SDK and the service. */
export const onTheWay: readonly SdkAttack<IosStage>[] = [
  ...meddlings.map(({ id, expected, ways }) => attack(id, expected, meddling(ways))),
  attack('answer-replayed', 'PROOF_KEY_MISMATCH', async (stage) => {
    const [victim, thief] = [await stage.phone(), await stage.phone()]
    await victim.start().ask('token')
    const again = await fetch(new URL(attestations, victim.gate.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: victim.gate.passed.at(-1)?.body ?? '',
    })
    const { tokens } = (await again.json()) as AttestationResponse
    const own = await headersOf(thief.start(), 'GET', `${stage.api.url}/v1/orders`)
    return send(stage.api, { ...own, 'OAuth-Client-Attestation': tokens[0]?.token ?? '' })
  }),
  attack('assertion-replayed', 'APP_ATTEST_ASSERTION_SIGNATURE', async (stage) => {
    const phone = await stage.phone()
    const app = phone.start()
    for (const force of [false, true]) await app.ask('token', { force })
    const { evidence } = JSON.parse(phone.gate.passed.at(-1)?.body ?? '') as AttestationRequest
    meddleOnce(sending(() => ({ evidence })))(phone)
    return call(stage, app, { force: true })
  }),
  attack('token-other-audience', 'TOKEN_AUDIENCE', async (stage) => {
    const { own, other } = await twoApis(stage)
    return send(stage.api, { ...own, 'OAuth-Client-Attestation': other['OAuth-Client-Attestation'] ?? '' })
  }),
  attack('proof-replayed-other-api', 'PROOF_HTU,TOKEN_AUDIENCE', async (stage) => {
    const { own, other } = await twoApis(stage)
    const beside = { ...own, 'OAuth-Client-Attestation': other['OAuth-Client-Attestation'] ?? '' }
    return allOf([await send(stage.exacting, own), await send(stage.exacting, beside)])
  }),
  attack('proof-weaker-method', 'PROOF_METHOD_NOT_ADMITTED', async (stage) => {
    const app = (await stage.phone()).start({ proof: 'attestation-pop' })
    const fields = await app.ask('sign', { url: `${stage.api.url}/v1/orders` })
    const sent = Object.entries(fields).filter(([name]) => /^oauth-client-attestation/i.test(name))
    return send(stage.api, Object.fromEntries(sent.map(([name, value]) => [name, String(value)])))
  }),
]

/** Token and proof of one phone for the API, and for another one of the same app. */
async function twoApis({ api, exacting, phone }: IosStage) {
  const app = (await phone()).start({ audiences: { [api.url]: api.url, [exacting.url]: exacting.url } })
  const [own, other] = [api, exacting].map(({ url }) => headersOf(app, 'GET', `${url}/v1/orders`))
  return { own: (await own) ?? {}, other: (await other) ?? {} }
}
