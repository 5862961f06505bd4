import { createHash } from 'node:crypto'
import { createSoftwareKey, forgeProof, type Device, type SoftwareKey } from '@assay/testkit'
import { headerNames } from '@assay/protocol'
import { outcomeOf, type Outcome, type Story } from '../row/row.ts'
import { laterBy, type Stage } from '../stage/stage.ts'

/** A call made by hand: its token, proof and address. */
interface Call {
  token: string
  proof: string
  url: string
}

async function send({ token, proof, url }: Call): Promise<Outcome> {
  const headers = { [headerNames.attestation]: token, [headerNames.dpop]: proof }
  return outcomeOf(await fetch(url, { headers }))
}

/** Tokens and proofs that someone other than the genuine device puts together. */
export async function tokenRows(stage: Stage, story: Story): Promise<void> {
  story.heading('Tokens and proofs')
  const { orders, payments, later } = stage.apis
  const device = await stage.device()
  const tokenFor = async (api: { url: string }) => (await device.client.getToken(api.url)).token
  const token = await tokenFor(orders)
  const url = `${orders.url}/v1/orders`
  const proof = (key: SoftwareKey = device.key, method = 'GET', target = url, claims = {}) =>
    forgeProof(key, method, target, claims)
  const row = async (name: string, expected: 'served' | 'refused', call: Partial<Call> = {}) =>
    story.row(name, 'assay-software', expected, await send({ token, proof: proof(), url, ...call }))

  await row('token with a proof by its own key', 'served')
  await row('stolen token, proof by another key', 'refused', { proof: proof(createSoftwareKey()) })
  await row('proof for another method', 'refused', { proof: proof(device.key, 'POST') })
  await row('proof for another URL', 'refused', {
    proof: proof(device.key, 'GET', `${orders.url}/v1/refunds`),
  })
  const once = proof()
  await row('a proof used for the first time', 'served', { proof: once })
  await row('the same proof again', 'refused', { proof: once })
  await row('token for another API', 'refused', { token: await tokenFor(payments) })
  await row('token for this API', 'served')
  await row('token with alg none', 'refused', { token: withoutSignature(token) })
  await row('token with one claim changed', 'refused', { token: withTier(token, 'affirming') })

  await accessRows(stage, story, device)

  const laterUrl = `${later.url}/v1/orders`
  const iat = Math.floor(Date.now() / 1000)
  const present = await tokenFor(orders)
  story.say(
    `an API whose clock is ${laterBy / 60} minutes ahead stands for the time when the token has expired`,
  )
  const lateProof = forgeProof(device.key, 'GET', laterUrl, { iat: iat + laterBy })
  await row('expired token, fresh proof', 'refused', {
    token: await tokenFor(later),
    proof: lateProof,
    url: laterUrl,
  })
  await row('token that has not expired, fresh proof', 'served', { token: present })
  device.close()
}

/** The same at an API that has access tokens, as stock OAuth stacks take them. */
async function accessRows({ apis: { access } }: Stage, story: Story, device: Device): Promise<void> {
  const url = `${access.url}/v1/orders`
  const { token } = await device.client.getToken(access.url)
  const ath = createHash('sha256').update(token).digest('base64url')
  const row = async (name: string, expected: 'served' | 'refused', headers: Record<string, string>) => {
    const dpop = { [headerNames.dpop]: forgeProof(device.key, 'GET', url, { ath }) }
    const outcome = await outcomeOf(await fetch(url, { headers: { ...dpop, ...headers } }))
    story.row(name, 'assay-software', expected, outcome)
  }
  await row('access token with a proof that covers it', 'served', { authorization: `DPoP ${token}` })
  await row('the same as Bearer', 'refused', { authorization: `Bearer ${token}` })
  await row('the same in the field of the other kind', 'refused', { [headerNames.attestation]: token })
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

const decode = (part: string) =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>

function withoutSignature(token: string): string {
  const [header, payload] = token.split('.') as [string, string]
  return `${encode({ ...decode(header), alg: 'none' })}.${payload}.`
}

function withTier(token: string, tier: string): string {
  const [header, payload, signature] = token.split('.') as [string, string, string]
  return `${header}.${encode({ ...decode(payload), ear_status: tier })}.${signature}`
}
