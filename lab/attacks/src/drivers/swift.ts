import {
  appId,
  bundleOf,
  pause,
  type IosStage,
  type Outcome,
  type PhoneOptions,
  type PhoneProcess,
  type SimulatedPhone,
} from '@assay/phones/ios'
import { headerNames } from '@assay/protocol'
import type { Code } from '../attack/sdks.ts'
import { sendToApi } from './attempt.ts'
import type { Way } from './meddling.ts'
import type { Scene } from './scene.ts'

/** The file of the app in which its code is. */
export const bundle = 'main.jsbundle'

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
  return sendToApi(stage.api, await headersOf(app, 'GET', `${stage.api.url}/v1/orders`))
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

/** The app with its code changed. */
export const changed = (change: (content: Buffer) => Buffer) => (stage: IosStage) =>
  attempt(stage, { files: { [bundle]: change(bundleOf(1)) } })

/** Changes bodies between this phone and the service. */
export const meddleOn =
  ({ sent, answered }: Way) =>
  ({ gate }: SimulatedPhone) => {
    gate.rewrite = sent
    gate.rewriteAnswer = answered
  }

export function meddled(stage: IosStage, way: Way): Promise<Code> {
  return attempt(stage, {}, {}, meddleOn(way))
}

/** Token and proof of one phone for the API, and the token for another one of the same app. */
export async function twoApis({ api, exacting, phone }: IosStage) {
  const app = (await phone()).start({ audiences: { [api.url]: api.url, [exacting.url]: exacting.url } })
  const own = await headersOf(app, 'GET', `${api.url}/v1/orders`)
  const { [headerNames.attestation]: token = '' } = await headersOf(app, 'GET', `${exacting.url}/v1/orders`)
  return { own, foreign: { [headerNames.attestation]: token } }
}

export function sceneOf(stage: IosStage): Scene {
  return {
    api: stage.api,
    async signer() {
      const app = (await stage.phone()).start()
      return { sign: (method, url, authorization) => headersOf(app, method, url, authorization) }
    },
  }
}
