import { codeOf, startPhone, type AndroidWorld, type PhoneOptions, type Stage } from '@assay/phones/android'
import { headerNames } from '@assay/protocol'
import { readZip, writeZip, type AndroidPhone } from '@assay/testkit'
import type { Code } from '../attack/sdks.ts'
import { allCodes, sendToApi } from './attempt.ts'
import type { Way } from './meddling.ts'
import type { Scene } from './scene.ts'

const { attestation, dpop } = headerNames

/** Files of the app in which its code and the SDK's is. */
export const dex = 'classes.dex'
export const sdkDex = 'assets/assay-sdk.dex'

let last = 0
/** Makes a unique name for a phone. */
export const newName = () => `attack-${(last += 1)}`

/** The app on this phone calls the API through its SDK. */
export async function attempt(stage: Stage, options: Omit<PhoneOptions, 'name'> = {}): Promise<Code> {
  const phone = await startPhone(stage, { ...options, name: newName() })
  return callFrom(stage, phone)
}

/** The same from a phone that was started, which ends with it. */
export async function callFrom(stage: Stage, phone: Awaited<ReturnType<typeof startPhone>>): Promise<Code> {
  try {
    const reply = await phone.ask('token')
    if (reply.error !== undefined) return await codeOf(stage, reply)
    const headers = await phone.ask('sign', { method: 'GET', url: orders(stage.world.api.url) })
    return await sendToApi(stage.world.api, named(headers as Headers, attestation, dpop))
  } finally {
    await phone.ask('close')
  }
}

type Headers = Readonly<Record<string, string>>

/** The fields that an SDK on a separate phone adds to requests for these URLs. */
export async function headersFor(
  stage: Stage,
  urls: readonly string[],
  options: Omit<PhoneOptions, 'name'> = {},
): Promise<Headers[]> {
  const phone = await startPhone(stage, { ...options, name: newName() })
  const headers: Headers[] = []
  for (const url of urls) headers.push((await phone.ask('sign', { method: 'GET', url })) as Headers)
  await phone.ask('close')
  return headers
}

export const orders = (url: string) => `${url}/v1/orders`

/** These fields of them. */
export const named = (headers: Headers | undefined, ...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, headers?.[name] ?? '']))

/** Token and proof of one phone for its API, and the token for another one of the same app. */
export async function twoApis(stage: Stage) {
  const { api, other } = stage.world
  const audiences = { [api.url]: api.url, [other.url]: other.url }
  const [own, foreign] = await headersFor(stage, [orders(api.url), orders(other.url)], { audiences })
  return { own: named(own, attestation, dpop), foreign: named(foreign, attestation) }
}

/** The app on each of these phones. */
export const on =
  (...making: readonly ((phones: AndroidWorld['phones']) => AndroidPhone)[]) =>
  async (stage: Stage): Promise<Code> => {
    const codes: Code[] = []
    for (const make of making) codes.push(await attempt(stage, { hardware: make(stage.world.phones) }))
    return allCodes(codes)
  }

/** The phone states a foreign signer for the app, whatever it measures. */
export function resigned(stage: Stage): Promise<Code> {
  const { foreignSigner } = stage.world
  return on((phones) => phones.pixel({ app: { ...phones.installed, signers: [foreignSigner] } }))(stage)
}

type Entries = Awaited<ReturnType<typeof readZip>>

/** The app whose installed file has these entries instead. */
export const withEntries =
  (change: (entries: Entries) => Entries) =>
  async (stage: Stage): Promise<Code> =>
    attempt(stage, { apk: await writeZip(change(await readZip(stage.world.apk))) })

/** The app with one of its files changed. */
export const changed = (wanted: string, change: (content: Buffer) => Buffer) =>
  withEntries((entries) =>
    entries.map((entry) =>
      entry.name === wanted ? { ...entry, content: change(Buffer.from(entry.content)) } : entry,
    ),
  )

export async function meddled(stage: Stage, { sent, answered }: Way): Promise<Code> {
  const { relay } = stage.world
  relay.rewrite = sent
  relay.forge = answered
  try {
    return await attempt(stage)
  } finally {
    relay.rewrite = undefined
    relay.forge = undefined
  }
}

/** The app in splits, for this ABI. */
export async function bundled(
  { world }: Stage,
  abi: 'arm64-v8a' | 'armeabi-v7a',
): Promise<Omit<PhoneOptions, 'name'>> {
  const { app, build, phones, installed } = world.bundled
  return { app, build, files: await installed(abi), hardware: phones.pixel() }
}

export function sceneOf(stage: Stage): Scene {
  return {
    api: stage.world.api,
    async signer() {
      const phone = await startPhone(stage, { name: newName() })
      return {
        async sign(method, url, authorization) {
          const headers = await phone.ask('sign', { method, url, authorization })
          await phone.ask('close')
          return headers as Headers
        },
      }
    },
  }
}
