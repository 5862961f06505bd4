import type { AttestationRequest } from '@assay/protocol'
import { appId, bundleOf, type IosStage, type PhoneOptions, type SimulatedPhone } from '../ios/stage.ts'
import type { Outcome, PhoneProcess } from '../ios/phone-process.ts'
import { allOf, send, type Code, type SdkAttack } from './attack.ts'
import { requestAttacks, type Scene } from './requests.ts'

/** The app on this phone calls the API through its SDK, after `prepare` has done something to the phone. */
async function attempt(
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

async function call(stage: IosStage, app: PhoneProcess, how: object = {}): Promise<Code> {
  const reply = await app.ask('token', how)
  if (reply.error !== undefined) return codeOf(stage, reply)
  return send(stage.api, await headersOf(app, 'GET', `${stage.api.url}/v1/orders`))
}

async function headersOf(app: PhoneProcess, method: string, url: string, authorization?: string) {
  const fields = Object.entries(await app.ask('sign', { method, url, authorization }))
  const wanted = fields.filter(([name]) => /^(oauth-client-attestation|dpop)$/i.test(name))
  const known: Record<string, string> = {}
  for (const [name, value] of wanted)
    known[/dpop/i.test(name) ? 'DPoP' : 'OAuth-Client-Attestation'] = String(value)
  return known
}

async function codeOf(stage: IosStage, { error, problem, trace }: Outcome): Promise<string> {
  if (error === 'attestation_denied' && typeof trace === 'string')
    return (await stage.codeOf(trace)) ?? 'TRACE_UNKNOWN'
  return typeof problem === 'string' ? problem : `sdk:${error}`
}

const attack = (id: string, expected: Code, run: SdkAttack<IosStage>['attack']): SdkAttack<IosStage> => ({
  id,
  expected,
  attack: run,
  twin: (stage) => attempt(stage),
})

const bundle = 'main.jsbundle'
const withBundle = (content: Buffer) => (stage: IosStage) => attempt(stage, { files: { [bundle]: content } })

function oneBit(content: Buffer): Buffer {
  const middle = Math.floor(content.length / 2)
  content[middle] = (content[middle] as number) ^ 1
  return content
}

/** Attacks in which the Swift SDK takes part. */
export const iosAttacks: readonly SdkAttack<IosStage>[] = [
  attack('repackaged-in-node', 'SOFTWARE_SEGMENT_MISMATCH', withBundle(bundleOf(2))),
  attack('one-bit-changed', 'SOFTWARE_SEGMENT_MISMATCH', withBundle(oneBit(bundleOf(1)))),
  attack(
    'byte-appended',
    'SOFTWARE_SEGMENT_MISMATCH',
    withBundle(Buffer.concat([bundleOf(1), Buffer.alloc(1)])),
  ),
  attack('library-added', 'SOFTWARE_SEGMENTS', (stage) =>
    attempt(stage, { files: { 'www/hook.js': Buffer.from('hook()') } }),
  ),
  attack('unknown-app', 'app_not_registered', (stage) => attempt(stage, {}, { app: 'com.example.clone' })),
  attack('unknown-build', 'build_not_registered', (stage) => attempt(stage, {}, { build: '9.9.9' })),
  attack('ipa-patched-in-memory', null, async (stage) => {
    const app = (await stage.phone()).start()
    await app.ask('patch')
    return call(stage, app)
  }),
  attack('other-team-on-iphone', 'APP_ATTEST_APP_ID', async (stage) =>
    allOf([
      await attempt(stage, { appId: appId.replace(/^[^.]*/, 'ZZZZZ99999') }),
      await attempt(stage, { appId: `${appId}.helper` }),
    ]),
  ),
  attack('sandbox-evidence', 'APP_ATTEST_ENVIRONMENT', (stage) =>
    attempt(stage, {}, {}, ({ apple }) => (apple.environment = 'development')),
  ),
  attack('evidence-left-out', 'HARDWARE_EVIDENCE_MISSING', (stage) => attempt(stage, { simulator: true })),
  attack('evidence-stripped', 'evidence_list_mismatch', (stage) =>
    attempt(stage, {}, {}, ({ gate }) => {
      gate.rewrite = (path, body) =>
        path === '/v1/attestations'
          ? JSON.stringify({ ...(JSON.parse(body) as AttestationRequest), evidence: [] })
          : body
    }),
  ),
  attack('assertion-of-other-key', 'APP_ATTEST_ASSERTION_SIGNATURE', async (stage) => {
    const phone = await stage.phone()
    const app = phone.start()
    await call(stage, app)
    phone.apple.isForeign = true
    return call(stage, app, { force: true })
  }),
  ...requestAttacks<IosStage>(sceneOf),
]

function sceneOf(stage: IosStage): Scene {
  return {
    api: stage.api,
    async signer() {
      const app = (await stage.phone()).start()
      return { sign: (method, url, authorization) => headersOf(app, method, url, authorization) }
    },
  }
}
