import { createSoftwareKey, keystoreOf, keyStoreOf, type InstalledApp } from '@assay/testkit'
import { routes } from '@assay/testkit/victims'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { setSimulatedWorld, type SimulatedWorld } from '../src/simulated/world.ts'

let world: SimulatedWorld
const running: InstalledApp[] = []

beforeAll(async () => {
  world = await setSimulatedWorld()
})
afterAll(async () => {
  for (const app of running) app.close()
  await (world as SimulatedWorld | undefined)?.close()
})

/** What the API answers; what the service says instead, where it gives no token. */
async function call(app: InstalledApp, api = world.api): Promise<number | string> {
  running.push(app)
  try {
    return (await app.client.fetch(api.url + routes.orders)).status
  } catch (error) {
    const { code, trace } = error as { code: string; trace?: string }
    return code === 'attestation_denied' ? world.codeOf(trace) : code
  }
}

/** Which of enrolment and refresh each exchange so far said it was. */
const purposes = ({ exchanges }: InstalledApp) =>
  exchanges.flatMap(({ request }) => (request as { purpose?: string }).purpose ?? [])

async function refresh(app: InstalledApp): Promise<number | string> {
  await app.client.getToken(world.api.url, { forceRefresh: true }).catch(() => undefined)
  return call(app)
}

async function claimsOf(app: InstalledApp): Promise<object> {
  const { token } = await app.client.getToken(world.api.url)
  return JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString()) as object
}

describe('a Pixel with a native app, one key', () => {
  it.each([
    ['bundle', 'arm64-v8a'],
    ['bundle', 'armeabi-v7a'],
    ['splits', 'arm64-v8a'],
  ] as const)('enrols, refreshes and is served: registered as %s, code for %s', async (build, abi) => {
    const segments = await world.android.installed(abi)
    const keyStore = keystoreOf(world.phones.pixel())
    const app = world.androidPhone({ build: world.builds[build], segments, abi, keyStore })
    expect(await call(app)).toBe(200)
    expect(await refresh(app)).toBe(200)
    expect(purposes(app)).toEqual(['enrolment', 'refresh'])
    expect(await claimsOf(app)).toMatchObject({ ear_status: 'affirming', holder_key: 'hardware' })
  })

  it('that keeps its key in memory instead is refused, and so is code of another ABI than it says', async () => {
    const segments = await world.android.installed('arm64-v8a')
    const { bundle: build } = world.builds
    const { evidence } = world.phones.pixel()
    const twoKeys = world.androidPhone({ build, segments, abi: 'arm64-v8a', evidence })
    expect(await call(twoKeys)).toBe('HOLDER_KEY_NOT_IN_HARDWARE')
    const keyStore = keystoreOf(world.phones.pixel())
    expect(await call(world.androidPhone({ build, segments, abi: 'armeabi-v7a', keyStore }))).toBe(
      'SOFTWARE_SEGMENTS',
    )
    expect(await call(world.androidPhone({ build, segments, abi: 'arm64-v8a', keyStore }))).toBe(200)
  })

  it('loads an update over the air, and rolls back by itself', async () => {
    const segments = await world.android.installed('arm64-v8a')
    const { bundle, update } = world.builds
    const { name, updated } = world.scripts.android
    const keyStore = keystoreOf(world.phones.pixel())
    const loading = (build: string, loaded: typeof segments) =>
      world.androidPhone({ build, segments: loaded, abi: 'arm64-v8a', keyStore })
    const withUpdate = segments.map((each) => (each.name === name ? { ...each, bytes: updated } : each))
    expect(await call(loading(bundle, segments))).toBe(200)
    const onUpdate = loading(update, withUpdate)
    expect(await call(onUpdate)).toBe(200)
    expect(purposes(onUpdate)).toEqual(['refresh'])
    expect(await call(loading(bundle, segments))).toBe(200)
    expect(await call(loading(update, segments))).toBe('SOFTWARE_SEGMENT_MISMATCH')
    expect(await call(loading(bundle, withUpdate))).toBe('SOFTWARE_SEGMENT_MISMATCH')
  })
})

describe('an iPhone with a native app', () => {
  it('enrols, refreshes and is served', async () => {
    const { segments, text } = world.ios
    const { evidence } = world.phones.iphone()
    const app = world.iphone({ build: world.builds.ipa, segments, text, evidence })
    expect(await call(app)).toBe(200)
    expect(await refresh(app)).toBe(200)
    expect(purposes(app)).toEqual(['enrolment', 'refresh'])
    expect(await claimsOf(app)).toMatchObject({ ear_status: 'affirming', holder_key: 'vouched' })
  })

  it('is served with other text in memory, and where it cannot be read: a claim that refuses nothing', async () => {
    const { segments, text } = world.ios
    const { ipa: build } = world.builds
    const patched = text.map((each) => ({ ...each, bytes: Buffer.from(each.bytes).fill(0, 10, 20) }))
    for (const seen of [{ text: patched }, {}]) {
      const { evidence } = world.phones.iphone()
      expect(await call(world.iphone({ build, segments, evidence, ...seen }))).toBe(200)
    }
  })

  it.each([
    ['matches', 200, false],
    ['differs', 'OPERATOR_RULE', true],
    ['cannot be read', 'PROBE_UNANSWERED', undefined],
  ] as const)(
    'has its text watched by a policy of the operator: it %s',
    async (_what, outcome, isPatched) => {
      const { segments, text } = world.ios
      const { evidence } = world.phones.iphone()
      const audiences = { [world.watching.url]: world.watching.url }
      const bytesOf = (bytes: Uint8Array) => (isPatched ? Buffer.from(bytes).fill(0, 10, 20) : bytes)
      const seen =
        isPatched === undefined ? {} : { text: text.map((each) => ({ ...each, bytes: bytesOf(each.bytes) })) }
      const app = world.iphone({ build: world.builds.ipa, segments, evidence, audiences, ...seen })
      expect(await call(app, world.watching)).toBe(outcome)
    },
  )

  it('loads an update over the air, and rolls back by itself', async () => {
    const { segments, text } = world.ios
    const { ipa, iosUpdate } = world.builds
    const { name, updated } = world.scripts.ios
    const withUpdate = segments.map((each) => (each.name === name ? { ...each, bytes: updated } : each))
    const loading = (build: string, loaded: typeof segments) =>
      world.iphone({ build, segments: loaded, text, evidence: world.phones.iphone().evidence })
    expect(await call(loading(ipa, segments))).toBe(200)
    expect(await call(loading(iosUpdate, withUpdate))).toBe(200)
    expect(await call(loading(ipa, segments))).toBe(200)
    expect(await call(loading(iosUpdate, segments))).toBe('SOFTWARE_SEGMENT_MISMATCH')
  })
})

describe('on the wire', () => {
  const challenges = ({ exchanges }: InstalledApp) =>
    exchanges
      .map(({ request, status }) => ({ status, ...(request as { key?: string; failures?: string[] }) }))
      .filter((request) => 'audiences' in request)

  it('a phone that says it refreshes and is not remembered enrols with the same key, once', async () => {
    const { segments, text } = world.ios
    const { evidence } = world.phones.iphone()
    const keyStore = keyStoreOf({ ...createSoftwareKey(), isEnrolled: true })
    const app = world.iphone({ build: world.builds.ipa, segments, text, evidence, keyStore })
    expect(await call(app)).toBe(200)
    expect(purposes(app)).toEqual(['refresh', 'enrolment'])
    expect(new Set(challenges(app).map(({ key }) => key)).size).toBe(1)
  })

  it('what failed before the service heard of it is told with the next challenge', async () => {
    const { segments, text } = world.ios
    const phone = world.phones.iphone()
    let isBroken = true
    const evidence = phone.evidence.map((source) => ({
      prepare: (purpose: 'enrolment' | 'refresh') => {
        if (isBroken) throw new Error('the system does not answer')
        return source.prepare(purpose)
      },
    }))
    const app = world.iphone({ build: world.builds.ipa, segments, text, evidence })
    expect(await call(app)).toBe('evidence_failed')
    isBroken = false
    // The client waits a little before it tries again.
    await vi.waitFor(async () => expect(await call(app)).toBe(200), { timeout: 60_000, interval: 200 })
    expect(challenges(app).at(-1)).toMatchObject({ status: 200, failures: ['evidence_failed'] })
  })

  it('a request without token says why, and the guard tells its operator', async () => {
    const { segments, text } = world.ios
    const app = world.iphone({ build: 'unknown', segments, text, withoutToken: 'send' })
    expect(await call(app)).toBe(401)
    expect(world.api.decisions.at(-1)).toMatchObject({ code: 'TOKEN_MISSING', clientStatus: 'build_refused' })
  })
})
