import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { AttestationRequest } from '@assay/protocol'
import { appId, bundleOf, pageName, type IosStage } from '../ios/stage.ts'
import { allOf, send, type SdkAttack } from './attack.ts'
import { attack, attempt, attemptWithout, call, codeOf, headersOf, otherTeam } from './ios-attempt.ts'
import { onTheWay } from './ios-on-the-way.ts'
import { requestAttacks, type Scene } from './requests.ts'

const bundle = 'main.jsbundle'
const withBundle = (content: Buffer) => (stage: IosStage) => attempt(stage, { files: { [bundle]: content } })

function oneBit(content: Buffer): Buffer {
  const middle = Math.floor(content.length / 2)
  content[middle] = (content[middle] as number) ^ 1
  return content
}

const halves = [bundleOf(1).subarray(0, 9_000), bundleOf(1).subarray(9_000)] as const

/** Attacks that change the app, or the process in which it runs. */
const apps: readonly SdkAttack<IosStage>[] = [
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
  attack('segment-renamed', 'SOFTWARE_SEGMENTS', (stage) =>
    attempt(stage, { files: { [bundle]: undefined, 'index.jsbundle': bundleOf(1) } }),
  ),
  attack('segment-split', 'SOFTWARE_SEGMENTS', (stage) =>
    attempt(stage, { files: { [bundle]: halves[0], 'more.jsbundle': halves[1] } }),
  ),
  attack('segments-reordered', 'SOFTWARE_SEGMENT_MISMATCH', async (stage) => {
    const { bundle: folder } = await stage.phone()
    const page = await readFile(path.join(folder, pageName))
    return attempt(stage, { files: { [bundle]: page, [pageName]: bundleOf(1) } })
  }),
  attack('pristine-copy', 'APP_ATTEST_APP_ID', (stage) => attempt(stage, { appId: otherTeam })),
  attack('sdk-headless', 'HARDWARE_EVIDENCE_MISSING', attemptWithout),
  attack('driven', 'CODE_INJECTED', (stage) => attempt(stage, {}, { injected: ['/tmp/FridaGadget.dylib'] })),
  attack('driven-and-hidden', null, (stage) => attempt(stage)),
  attack('ipa-executable-patched', 'APP_ATTEST_APP_ID', async (stage) => {
    const app = (await stage.phone({ appId: otherTeam })).start()
    await app.ask('patch')
    return call(stage, app)
  }),
  attack('ipa-patched-in-memory', null, async (stage) => {
    const app = (await stage.phone()).start()
    await app.ask('patch')
    return call(stage, app)
  }),
]

/** The stated identity of the app. */
const builds: readonly SdkAttack<IosStage>[] = [
  attack('unknown-app', 'app_not_registered', (stage) => attempt(stage, {}, { app: 'com.example.clone' })),
  attack('unknown-build', 'build_not_registered', (stage) => attempt(stage, {}, { build: '9.9.9' })),
  attack('retired-build', 'build_retired', async (stage) => {
    const build = await stage.register('3')
    const app = (await stage.phone()).start({ build: build.id })
    const before = await call(stage, app)
    await stage.retire(build)
    return before ?? call(stage, app, { force: true })
  }),
  attack('below-minimum-version', 'build_below_minimum', async (stage) => {
    await stage.setMinimum(stage.build.version_code)
    try {
      return await attempt(stage, {}, { build: stage.olderBuild.id })
    } finally {
      await stage.setMinimum(stage.olderBuild.version_code)
    }
  }),
  attack('older-build-on-iphone', 'BUILD_OLDER_THAN_BEFORE', async (stage) => {
    const phone = await stage.phone()
    const newer = phone.start()
    await newer.ask('token')
    await newer.kill()
    return call(stage, phone.start({ build: stage.olderBuild.id }))
  }),
  attack('other-platform-audience', 'audience_not_registered', async (stage) => {
    const { url } = stage.webApi
    const app = (await stage.phone()).start({ audiences: { [url]: url } })
    return codeOf(stage, await app.ask('token'))
  }),
  attack('other-platform-token', 'APP_NOT_ADMITTED', async (stage) => {
    const { url } = stage.webRoute
    const app = (await stage.phone()).start({ audiences: { [url]: stage.api.url } })
    return send(stage.webRoute, await headersOf(app, 'GET', `${url}/v1/orders`))
  }),
]

/** What vouches for the app. */
const evidence: readonly SdkAttack<IosStage>[] = [
  attack('other-team-on-iphone', 'APP_ATTEST_APP_ID', async (stage) =>
    allOf([await attempt(stage, { appId: otherTeam }), await attempt(stage, { appId: `${appId}.helper` })]),
  ),
  attack('sandbox-evidence', 'APP_ATTEST_ENVIRONMENT', (stage) =>
    attempt(stage, {}, {}, ({ apple }) => (apple.environment = 'development')),
  ),
  attack('roots-of-ones-own', 'APP_ATTEST_INTERMEDIATE_SIGNATURE', (stage) =>
    attempt(stage, {}, {}, ({ apple }) => (apple.hasOwnRoots = true)),
  ),
  attack('evidence-left-out', 'HARDWARE_EVIDENCE_MISSING', attemptWithout),
  attack('assertion-of-other-key', 'APP_ATTEST_ASSERTION_SIGNATURE', async (stage) => {
    const phone = await stage.phone()
    const app = phone.start()
    await call(stage, app)
    phone.apple.isForeign = true
    return call(stage, app, { force: true })
  }),
  attack('counter-rolled-back', 'APP_ATTEST_ASSERTION_COUNTER', async (stage) => {
    const phone = await stage.phone()
    const app = phone.start()
    for (const force of [false, true, true]) await app.ask('token', { force })
    phone.apple.counterError = -1
    return call(stage, app, { force: true })
  }),
  attack('attestation-relayed', 'APP_ATTEST_NONCE', async (stage) => {
    const victim = await stage.phone()
    await victim.start().ask('token')
    const { evidence } = JSON.parse(victim.gate.passed.at(-1)?.body ?? '') as AttestationRequest
    return attempt(stage, {}, {}, ({ gate }) => {
      gate.rewrite = (to, body) =>
        to === '/v1/attestations'
          ? JSON.stringify({ ...(JSON.parse(body) as AttestationRequest), evidence })
          : body
    })
  }),
]

/** Attacks in which the Swift SDK takes part. */
export const iosAttacks: readonly SdkAttack<IosStage>[] = [
  ...apps,
  ...builds,
  ...evidence,
  ...onTheWay,
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
