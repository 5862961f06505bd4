import { headerNames, type AttestationResponse } from '@assay/protocol'
import { startPhone, type PhoneOptions, type Stage } from '../scenarios/scenario.ts'
import { allOf, send, type Code, type SdkAttack } from './attack.ts'
import { attempt, newName } from './attempt.ts'
import { attestations, meddlings, type Way } from './meddling.ts'

const { attestation, dpop } = headerNames

const meddling =
  (ways: readonly Way[]) =>
  async (stage: Stage): Promise<Code> => {
    const { relay } = stage.world
    const codes: Code[] = []
    for (const { sent, answered } of ways) {
      relay.rewrite = sent
      relay.forge = answered
      try {
        codes.push(await attempt(stage))
      } finally {
        relay.rewrite = undefined
        relay.forge = undefined
      }
    }
    return allOf(codes)
  }

type Headers = Readonly<Record<string, string>>

/** The fields that an SDK on a separate phone adds to requests for these URLs. */
async function headersFor(stage: Stage, urls: readonly string[], options: Omit<PhoneOptions, 'name'> = {}) {
  const phone = await startPhone(stage, { ...options, name: newName() })
  const headers: Headers[] = []
  for (const url of urls) headers.push((await phone.ask('sign', { method: 'GET', url })) as Headers)
  await phone.ask('close')
  return headers
}

const orders = (url: string) => `${url}/v1/orders`
const named = (headers: Headers | undefined, ...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, headers?.[name] ?? '']))

/** Token and proof of one phone for its API, and the token for another one of the same app. */
async function twoApis(stage: Stage) {
  const { api, other } = stage.world
  const audiences = { [api.url]: api.url, [other.url]: other.url }
  const [own, foreign] = await headersFor(stage, [orders(api.url), orders(other.url)], { audiences })
  return { own: named(own, attestation, dpop), foreign: named(foreign, attestation) }
}

const attack = (id: string, expected: Code, run: SdkAttack<Stage>['attack']): SdkAttack<Stage> => ({
  id,
  expected,
  attack: run,
  twin: (stage) => attempt(stage),
})

/** Attacks that change, keep or redirect messages between the SDK, the service and the APIs. */
export const onTheWay: readonly SdkAttack<Stage>[] = [
  ...meddlings.map(({ id, expected, ways }) => attack(id, expected, meddling(ways))),
  attack('answer-replayed', 'PROOF_KEY_MISMATCH', async (stage) => {
    const { api, relay } = stage.world
    await headersFor(stage, [orders(api.url)])
    const body = relay.answered.filter(({ path }) => path === attestations).at(-1)?.body ?? ''
    const headers = { 'content-type': 'application/json' }
    const again = await fetch(new URL(attestations, relay.url), { method: 'POST', headers, body })
    const { tokens } = (await again.json()) as AttestationResponse
    const [own] = await headersFor(stage, [orders(api.url)])
    return send(api, { ...named(own, dpop), [attestation]: tokens[0]?.token ?? '' })
  }),
  attack('token-other-audience', 'TOKEN_AUDIENCE', async (stage) => {
    const { own, foreign } = await twoApis(stage)
    return send(stage.world.api, { ...own, ...foreign })
  }),
  attack('proof-replayed-other-api', 'PROOF_HTU,TOKEN_AUDIENCE', async (stage) => {
    const { own, foreign } = await twoApis(stage)
    return allOf([await send(stage.world.other, own), await send(stage.world.other, { ...own, ...foreign })])
  }),
  attack('proof-weaker-method', 'PROOF_METHOD_NOT_ADMITTED', async (stage) => {
    const { api } = stage.world
    const [headers] = await headersFor(stage, [orders(api.url)], { proof: 'attestation-pop' })
    return send(api, named(headers, attestation, 'OAuth-Client-Attestation-PoP'))
  }),
  attack('other-platform-audience', 'audience_not_registered', async (stage) => {
    const { other, bundled } = stage.world
    const { app, build, phones } = bundled
    const files = await bundled.installed('arm64-v8a')
    const audiences = { [other.url]: other.url }
    return attempt(stage, { app, build, files, hardware: phones.pixel(), audiences })
  }),
  attack('other-platform-token', 'APP_NOT_ADMITTED', async (stage) => {
    const { api, route } = stage.world
    const [headers] = await headersFor(stage, [orders(route.url)], { audiences: { [route.url]: api.url } })
    return send(route, named(headers, attestation, dpop))
  }),
]
