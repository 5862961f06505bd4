import type { AdmittedRequest, GuardRequest } from '@assay/guard'
import type { JsonObject } from '@assay/protocol'
import type { MeterAnswer, MeteredCall, Reservation } from '../../src/meter/meter.ts'
import type { MeterForm } from '../../src/meter/form.ts'
import { meterForm } from '../../src/meter/form.ts'
import { type MeteredRoute, readMeterRules } from '../../src/meter/read-rules.ts'
import type { MeterRules } from '../../src/meter/rules.ts'

export const route: MeteredRoute = {
  route: 'messages',
  tiers: ['affirming'],
  development: false,
  longest: 600,
}

export function rulesOf(form: MeterForm | undefined, of: Partial<MeteredRoute> = {}): MeterRules {
  return readMeterRules(form === undefined ? undefined : meterForm.parse(form), { ...route, ...of })
}

/** Midnight of 1 January 2026, UTC. */
export const midnight = Date.UTC(2026, 0, 1)

let proofs = 0

/** What the guard says of one phone. */
export function callerOf(
  installation: string,
  app = 'com.example.app',
  holderKey: AdmittedRequest['holderKey'] = 'hardware',
): AdmittedRequest {
  return {
    ok: true,
    app,
    build: '1.0.0',
    channel: 'production',
    platform: 'android',
    tier: 'affirming',
    holderKey,
    installation,
    jkt: `key-of-${installation}`,
    jti: `token-of-${installation}`,
    issuedAt: midnight / 1_000,
    expiresAt: midnight / 1_000 + 900,
    mode: 'bound',
    proof: 'dpop_combined',
    enforcement: 'enforce',
    wouldRefuse: null,
    headers: {},
  }
}

export function requestOf(): GuardRequest {
  proofs += 1
  return { method: 'POST', url: '/v1/messages', headers: { dpop: `proof-${proofs}` } }
}

export interface CallParts {
  address?: string | undefined
  app?: string
  body?: JsonObject
  route?: string
  request?: GuardRequest
  holderKey?: AdmittedRequest['holderKey']
}

export function callOf(installation: string, parts: CallParts = {}): MeteredCall {
  const { app, body, address = '192.0.2.1', request = requestOf(), holderKey } = parts
  const caller = callerOf(installation, app, holderKey)
  return { route: parts.route ?? 'messages', caller, address, request, body }
}

export function held(answer: MeterAnswer): Reservation {
  if (!answer.ok) throw new Error(`refused: ${answer.code}`)
  return answer
}

/** The upstream's answer, with its cost. */
export function answer(reservation: Reservation, cost: number): void {
  reservation.answered(200, { 'content-type': 'application/json' })
  reservation.read(Buffer.from(JSON.stringify({ text: 'x', usage: { total_tokens: cost } })))
  reservation.end('complete')
}
