import { appId, type IosStage, type PhoneOptions, type SimulatedPhone } from '../ios/stage.ts'
import type { Outcome, PhoneProcess } from '../ios/phone-process.ts'
import { pause } from '../ios/situation.ts'
import { send, type Code, type SdkAttack } from './attack.ts'

/** An App ID of another team. */
export const otherTeam = appId.replace(/^[^.]*/, 'ZZZZZ99999')

/** The app on this phone calls the API through its SDK, after `prepare` has done something to the phone. */
export async function attempt(
  stage: IosStage,
  options: PhoneOptions = {},
  started: object = {},
  prepare: (phone: SimulatedPhone) => void = () => undefined,
): Promise<Code> {
  const phone = await stage.phone(options)
  prepare(phone)
  const app = phone.start(started)
  try {
    return await call(stage, app)
  } finally {
    await app.kill()
  }
}

/**
 * The app where App Attest is not supported: the SDK refuses the first enrolment by name, and sends the next one without evidence, once the
 * pause after a failure is over, which is a second at most.
 */
export async function attemptWithout(stage: IosStage): Promise<Code> {
  const app = (await stage.phone({ simulator: true })).start()
  try {
    const refused = await app.ask('token')
    if (refused.error !== 'evidence_failed') return codeOf(stage, refused)
    await pause(1_000)
    return await call(stage, app)
  } finally {
    await app.kill()
  }
}

export async function call(stage: IosStage, app: PhoneProcess, how: object = {}): Promise<Code> {
  const reply = await app.ask('token', how)
  if (reply.error !== undefined) return codeOf(stage, reply)
  return send(stage.api, await headersOf(app, 'GET', `${stage.api.url}/v1/orders`))
}

export async function headersOf(app: PhoneProcess, method: string, url: string, authorization?: string) {
  const fields = Object.entries(await app.ask('sign', { method, url, authorization }))
  const wanted = fields.filter(([name]) => /^(oauth-client-attestation|dpop)$/i.test(name))
  const known: Record<string, string> = {}
  for (const [name, value] of wanted)
    known[/dpop/i.test(name) ? 'DPoP' : 'OAuth-Client-Attestation'] = String(value)
  return known
}

export async function codeOf(stage: IosStage, { error, problem, trace }: Outcome): Promise<string> {
  if (error === 'attestation_denied' && typeof trace === 'string')
    return (await stage.codeOf(trace)) ?? 'TRACE_UNKNOWN'
  return typeof problem === 'string' ? problem : `sdk:${error}`
}

export const attack = (
  id: string,
  expected: Code,
  run: SdkAttack<IosStage>['attack'],
): SdkAttack<IosStage> => ({
  id,
  expected,
  attack: run,
  twin: (stage) => attempt(stage),
})
