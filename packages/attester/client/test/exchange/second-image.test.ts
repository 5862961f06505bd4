import {
  checkResponse,
  digestImage,
  parsePlan,
  planSeed,
  textPlan,
  type CodeImage,
  type Plan,
} from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { decodeBase64url, type ClientData } from '@assay/protocol'
import { describe, expect, it } from 'vitest'
import { memoryImage } from '../../src/image/memory-image.ts'
import type { FakeService } from '../fake/fake-service.ts'
import { fakeWorld } from '../fake/fake-world.ts'

const section = (name: string, fill: number) => ({
  name,
  kind: 'native' as const,
  bytes: new Uint8Array(3000).fill(fill),
})
const registered = memoryImage([section('App.__TEXT.__text', 1), section('App.__TEXT.__const', 2)])

async function isAsRegistered({ clientData: [data], plan: text }: FakeService): Promise<boolean> {
  const { challenge, text: measured } = data as ClientData
  const bytes = (value: string) => decodeBase64url(value) as Uint8Array
  const planBytes = bytes(text)
  const plan = parsePlan(planBytes) as Plan & { text: NonNullable<Plan['text']> }
  const digest = await digestImage(registered, 'image', planSeed(plan), nodeCrypto)
  const input = {
    plan: textPlan(plan),
    planBytes,
    challenge: bytes(challenge),
    digest,
    image: registered,
    crypto: nodeCrypto,
    probes: {},
  }
  const { matches } = await checkResponse(input, bytes(measured?.response ?? ''))
  return matches
}

describe('the second image', () => {
  it('is measured where the plan asks for it', async () => {
    const { client, service } = fakeWorld({ text: () => registered })
    service.settings.text = registered.segments
    await client.getToken()
    const [data] = service.clientData as [ClientData]
    expect(await isAsRegistered(service)).toBe(true)
    expect(Object.keys(data.text?.tags ?? {})).toEqual(['App.__TEXT.__const', 'App.__TEXT.__text'])
    const order = Object.keys(data)
    expect(order.slice(order.indexOf('measurement'))).toEqual(['measurement', 'text', 'probes', 'evidence'])
  })

  it('that differs is told, and the rest is as good as before', async () => {
    const patched = memoryImage([section('App.__TEXT.__text', 9), section('App.__TEXT.__const', 2)])
    const { client, service } = fakeWorld({ text: () => patched })
    service.settings.text = registered.segments
    expect((await client.getToken()).token).toBe('token-1')
    expect(await isAsRegistered(service)).toBe(false)
  })

  const openers: [string, (() => CodeImage | undefined) | undefined][] = [
    ['that nothing opens', undefined],
    ['that cannot be reached', () => undefined],
    ['without segments', () => memoryImage([])],
    ['that lacks segments', () => memoryImage([section('App.__TEXT.__text', 1)])],
  ]
  it.each(openers)('%s is null', async (_name, text) => {
    const { client, service } = fakeWorld(text && { text })
    service.settings.text = registered.segments
    await client.getToken()
    expect(service.clientData[0]?.text).toBeNull()
  })

  it('is no member where the plan does not ask for it', async () => {
    const { client, service } = fakeWorld({ text: () => registered })
    await client.getToken()
    expect(service.clientData[0]).not.toHaveProperty('text')
  })
})

it('an ABI is asked for, and the plan has to be of it', async () => {
  const { client, service } = fakeWorld({ abi: 'arm64-v8a' })
  await client.getToken()
  expect(JSON.parse(service.bodies('/v1/challenges')[0] as string)).toMatchObject({ abi: 'arm64-v8a' })
  expect(service.clientData[0]).toMatchObject({ abi: 'arm64-v8a' })
  const other = fakeWorld()
  other.service.settings.plan = decodeBase64url(service.plan) as Uint8Array
  const error = await other.client.getToken().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'plan_refused', cause: { code: 'PLAN_BUILD' } })
})
