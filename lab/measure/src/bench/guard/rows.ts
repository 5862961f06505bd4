import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, createLocalJWKSet, EmbeddedJWK, jwtVerify, type JWK } from 'jose'
import { headerNames, jwtTypes } from '@assay/protocol'
import type { Guard } from '@assay/guard'
import { toGuardRequest } from '@assay/guard/node'
import type { BenchRow } from '../row/row.ts'
import { rounded } from '../row/statistics.ts'
import { held, newGuard } from './known-guard.ts'
import { millionBans } from './million-bans.ts'
import type { Effort } from '../row/effort.ts'
import { interleaved, oneRound, type Measured } from '../row/interleaved.ts'
import type { RowId } from '../row/table.ts'
import {
  accessToken,
  audience,
  issuer,
  issuerJwk,
  issuerPublicKey,
  mintAccessProof,
  mintAccessToken,
  mintProof,
  mintToken,
  newInstallation,
  now,
  target,
  type Signed,
} from './minting.ts'

/** Rounds are short, so that most of them run without losing the processor to another process. */
const rounds = { counted: 255, warmUp: 60 }
const itemsPerRound = 16

/**
 * The guard's cost per request, compared with the signature checks that it must do, in one process, on one thread. The client
 * is one that the guard knows: token and key are in its cache, the proofs are new.
 */
export async function repeatRows(effort: Effort): Promise<BenchRow[]> {
  const guard = newGuard()
  const installation = newInstallation()
  const token = mintToken(installation)
  const fields = fieldsFor(token)
  // Each proof is valid once, so the two ways through the guard have their own.
  const makeItems = () =>
    Array.from({ length: itemsPerRound }, () => [mintProof(installation), mintProof(installation)] as const)
  const times = await interleaved(effort(rounds, oneRound), makeItems, {
    guarded: ([proof]) => accept(guard, nodeRequest(fields, proof)),
    request: ([, proof]) => accept(guard, webRequest(fields, proof)),
    building: ([, proof]) => void webRequest(fields, proof),
    bare: ([proof]) => bareVerify(installation.publicKey, proof),
  })
  const facts = { ...sizes(token, mintProof(installation)), covers: 'method, URI, access token, single use' }
  return [
    row('guard.repeat', times, 'guarded', {
      ...facts,
      input: "fields as Node's HTTP parser leaves them",
    }),
    row('guard.repeat-request', times, 'request', {
      ...facts,
      input: 'a Request, built anew each time',
      building: `${rounded(times.median('building'))} us of it, ${rounded(times.ratio('building', 'bare'))} x bare: what building a Request takes that nobody reads`,
    }),
  ]
}

/** The same client with an access token, which is in `Authorization` and covered by each proof. */
export async function repeatAccessRow(effort: Effort): Promise<BenchRow> {
  const guard = newGuard({ tokenKind: 'access' })
  const installation = newInstallation()
  const token = mintAccessToken(installation)
  const fields = [...clientFields, 'Authorization', `DPoP ${token.text}`]
  const makeItems = () => Array.from({ length: itemsPerRound }, () => mintAccessProof(installation, token))
  const times = await interleaved(effort(rounds, oneRound), makeItems, {
    guarded: (proof) => accept(guard, nodeRequest(fields, proof)),
    bare: (proof) => bareVerify(installation.publicKey, proof),
  })
  return row('guard.repeat-access', times, 'guarded', {
    ...sizes(token, mintAccessProof(installation, token)),
    covers: 'method, URI, access token, single use',
  })
}

/** The same client at a guard that holds a million bans, beside one that has no status list. */
export async function millionBansRow(effort: Effort): Promise<BenchRow> {
  const list = millionBans(effort(1_000_000, 10_000))
  let at = now
  const clock = () => at * 1000
  const [guard, banning] = [newGuard({ clock }), newGuard({ clock, statusList: list.options })]
  const installation = newInstallation()
  const fields = fieldsFor(mintToken(installation))
  const request = () => nodeRequest(fields, mintProof(installation))
  await accept(guard, request())
  const before = await held()
  const began = performance.now()
  await accept(banning, request())
  const [start, memory] = [performance.now() - began, (await held()) - before]
  const whole = { ...list.fetched }
  const makeItems = () =>
    Array.from({ length: itemsPerRound }, () => [mintProof(installation), mintProof(installation)] as const)
  const times = await interleaved(effort(rounds, oneRound), makeItems, {
    bare: ([proof]) => accept(guard, nodeRequest(fields, proof)),
    banning: ([, proof]) => accept(banning, nodeRequest(fields, proof)),
  })
  at = list.more()
  await accept(banning, request())
  return row('guard.million-bans', times, 'banning', {
    memoryMB: rounded(memory),
    start: `${rounded(start)} ms until the first request is answered, ${whole.requests} requests, ${whole.bytes} bytes`,
    oneMoreBan: `${list.fetched.requests - whole.requests} requests, ${list.fetched.bytes - whole.bytes} bytes`,
  })
}

/** A client that the guard has never seen: token, key and proof are new. */
export async function firstRow(effort: Effort): Promise<BenchRow> {
  const guard = newGuard()
  const times = await interleaved(
    effort(rounds, oneRound),
    () => Array.from({ length: itemsPerRound }, newClient),
    {
      guarded: ({ fields, proof }) => accept(guard, nodeRequest(fields, proof)),
      bare: bareFirst,
      jose: joseFirst,
    },
  )
  const { token, proof } = newClient()
  return {
    ...row('guard.first', times, 'guarded', {
      ...sizes(token, proof),
      cpuOfPeer: `${rounded(times.median('jose'))} us, of which the guard takes ${rounded(times.ratio('guarded', 'jose'))}`,
      byTheClock: `${rounded(times.elapsed.median('guarded'))} us`,
    }),
    // Wall time: jose checks signatures in another thread, so most of its cost is waiting.
    peer: 'jose: jwtVerify of the token, of the proof with EmbeddedJWK, and the thumbprints of both keys; by the clock',
    peerValue: rounded(times.elapsed.median('jose')),
    peerRatio: rounded(times.elapsed.ratio('guarded', 'jose')),
  }
}

interface Client {
  readonly token: Signed
  readonly proof: Signed
  readonly fields: readonly string[]
  readonly jwk: ReturnType<typeof newInstallation>['jwk']
}

function newClient(): Client {
  const installation = newInstallation()
  const token = mintToken(installation)
  return { token, proof: mintProof(installation), fields: fieldsFor(token), jwk: installation.jwk }
}

/** Names and values in turn: what any client sends. */
const clientFields: readonly string[] = [
  ...['Host', 'api.example.com'],
  ...['User-Agent', 'okhttp/5.3.0'],
  ...['Accept', 'application/json'],
  ...['Accept-Encoding', 'gzip'],
  ...['Content-Type', 'application/json'],
  ...['Content-Length', '27'],
]

function fieldsFor(token: Signed): readonly string[] {
  return [...clientFields, 'Authorization', `DPoP ${accessToken}`, headerNames.attestation, token.text]
}

function nodeRequest(fields: readonly string[], proof: Signed) {
  return toGuardRequest({
    method: 'POST',
    url: `${target}?page=2`,
    rawHeaders: [...fields, headerNames.dpop, proof.text],
  })
}

function webRequest(fields: readonly string[], proof: Signed): Request {
  return new Request(`http://127.0.0.1:8080${target}?page=2`, {
    method: 'POST',
    headers: {
      'User-Agent': 'okhttp/5.3.0',
      Accept: 'application/json',
      'Content-Type': 'application/json',
      Authorization: `DPoP ${accessToken}`,
      [headerNames.attestation]: fields.at(-1) as string,
      [headerNames.dpop]: proof.text,
    },
  })
}

async function accept(guard: Guard, request: Parameters<Guard['verify']>[0]): Promise<void> {
  const decision = await guard.verify(request)
  if (!decision.ok) throw new Error(`a request of the benchmark was refused: ${decision.code}`)
}

function bareVerify(key: KeyObject, { input, signature }: Signed): void {
  if (!verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, signature))
    throw new Error('bad signature')
}

function bareFirst({ token, proof, jwk }: Client): void {
  bareVerify(issuerPublicKey, token)
  bareVerify(createPublicKey({ key: { ...jwk }, format: 'jwk' }), proof)
}

/** Does the same job: verifies the token by its kid and the proof by its key, and compares that key with the token's. */
async function joseFirst({ token, proof }: Client): Promise<void> {
  const { payload } = await jwtVerify(token.text, joseKeys, { ...joseToken, currentDate })
  const { protectedHeader } = await jwtVerify(proof.text, EmbeddedJWK, { ...joseProof, currentDate })
  const confirmed = (payload['cnf'] as { jwk: JWK }).jwk
  const [expected, given] = [
    await calculateJwkThumbprint(confirmed),
    await calculateJwkThumbprint(protectedHeader.jwk as JWK),
  ]
  if (expected !== given) throw new Error('the proof of another key')
}

const currentDate = new Date(now * 1000)
const joseKeys = createLocalJWKSet({ keys: [issuerJwk] })
const joseToken = { typ: jwtTypes.attestation, algorithms: ['ES256'], issuer, audience }
const joseProof = { typ: jwtTypes.dpop, algorithms: ['ES256'], maxTokenAge: 60 }

function sizes(token: Signed, proof: Signed) {
  return { tokenLength: token.text.length, proofLength: proof.text.length }
}

function row<Name extends string>(
  id: RowId,
  times: Measured<Name | 'bare'>,
  name: Name,
  facts: NonNullable<BenchRow['facts']>,
): BenchRow {
  return {
    id,
    value: rounded(times.median(name)),
    unit: 'us',
    bare: rounded(times.median('bare')),
    ratio: rounded(times.ratio(name, 'bare')),
    peer: null,
    peerValue: null,
    peerRatio: null,
    facts: { ...facts, rounds: rounds.counted, itemsPerRound },
  }
}
