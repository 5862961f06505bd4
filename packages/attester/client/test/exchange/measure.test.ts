import { describe, expect, it } from 'vitest'
import { utf8 } from '@assay/protocol'
import type { CodeImage } from '@assay/measurement'
import { memoryImage } from '../../src/image/memory-image.ts'
import { audience, code, codeOf, fakeWorld } from '../fake/fake-world.ts'

/** The code of another release. */
const other = code.segments.map((segment) => ({ ...segment, bytes: new Uint8Array(segment.length) }))

/** The image, and how many bytes were read of it. */
function counting(): { image: CodeImage; read: number } {
  const counted = {
    read: 0,
    image: {
      segments: code.segments,
      read(name: string, offset: number, length: number) {
        counted.read += length
        return code.read(name, offset, length)
      },
    },
  }
  return counted
}

describe('the whole-code digest', () => {
  it('is made once in an epoch, and again in the next', async () => {
    const counted = counting()
    const { client, service } = fakeWorld({ image: counted.image })
    await client.getToken()
    expect(counted.read).toBeGreaterThan(75_000)
    counted.read = 0
    await client.getToken(audience, { forceRefresh: true })
    expect(counted.read).toBeGreaterThan(0)
    expect(counted.read).toBeLessThan(75_000)
    counted.read = 0
    service.settings.epoch++
    await client.getToken(audience, { forceRefresh: true })
    expect(counted.read).toBeGreaterThan(75_000)
  })
})

describe('the code image', () => {
  it('is opened at the first exchange, and again if that failed', async () => {
    let opened = 0
    const { client, time } = fakeWorld({
      image: () => {
        if (++opened === 1) throw new Error('not mounted')
        return Promise.resolve(code)
      },
    })
    const error = await client.getToken().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'measurement_failed',
      retryable: true,
      cause: new Error('not mounted'),
    })
    await time.advance(2000)
    await client.getToken()
    await client.getToken(audience, { forceRefresh: true })
    expect(opened).toBe(2)
  })

  it.each([
    ['other bytes, which is denied', 'attestation_denied', memoryImage(other)],
    ['other segments, which refuses the plan', 'plan_refused', memoryImage(other.slice(1))],
  ])('is opened again after it had %s', async (_, refusal, wrong) => {
    let opened = 0
    const { client, time } = fakeWorld({ image: () => (++opened === 1 ? wrong : code) })
    expect(await codeOf(client.getToken())).toBe(refusal)
    await time.advance(8000)
    await client.getToken()
    await client.getToken(audience, { forceRefresh: true })
    expect(opened).toBe(2)
  })

  it('is opened for the coverage that the plan says', async () => {
    const asked: string[] = []
    const { client } = fakeWorld({
      image: (coverage) => {
        asked.push(coverage)
        return code
      },
    })
    await client.getToken()
    expect(asked).toEqual(['image'])
  })

  it('that does not open within two minutes is a malfunction, and is opened again', async () => {
    const signals: AbortSignal[] = []
    const { client, time } = fakeWorld({
      image: (_coverage, signal) => (signals.push(signal) === 1 ? new Promise(() => undefined) : code),
    })
    await expect(time.settle(client.getToken())).rejects.toMatchObject({
      code: 'measurement_failed',
      cause: { code: 'timeout' },
    })
    expect(signals[0]?.aborted).toBe(true)
    await time.advance(1000)
    await client.getToken()
    expect(signals).toHaveLength(2)
    client.close()
    expect(time.pending()).toEqual([])
  })

  it('that was listed and lacks segments is measured as it is: the refusal names them', async () => {
    const [first] = code.segments
    const image: CodeImage = { ...code, segments: [first as (typeof code.segments)[0]] }
    const listed = fakeWorld({ image: { ...image, isListed: true } })
    await listed.client.getToken().catch(() => undefined)
    expect(Object.keys(listed.service.clientData[0]?.measurement.tags ?? {})).toContain(first?.name)
    const { client, service } = fakeWorld({ image })
    expect(await codeOf(client.getToken())).toBe('plan_refused')
    expect(service.clientData).toEqual([])
  })

  it('that cannot be read is a malfunction', async () => {
    const image: CodeImage = { segments: code.segments, read: () => Promise.reject(new Error('I/O')) }
    const { client } = fakeWorld({ image })
    expect(await codeOf(client.getToken())).toBe('measurement_failed')
  })
})

describe('a plan', () => {
  it.each([
    ['that is no JSON', 'not a plan'],
    ['of another build', undefined],
  ])('%s is refused before anything is read', async (_, text) => {
    const counted = counting()
    const { client, service } = fakeWorld({ image: counted.image })
    const other = { v: 1, app: 'com.example.app', build: '0.9' }
    service.settings.plan = utf8(text ?? JSON.stringify(other))
    expect(await codeOf(client.getToken())).toBe('plan_refused')
    expect(counted.read).toBe(0)
    expect(service.bodies('/v1/attestations')).toHaveLength(0)
  })
})

describe('probes', () => {
  const probes = [
    { name: 'test.a', ask: () => 1 },
    { name: 'test.b', ask: () => Promise.resolve('two') },
    { name: 'test.never', ask: () => new Promise<boolean>(() => undefined) },
  ]

  it('are asked as the plan says, and another choice at the next refresh', async () => {
    const { client, service } = fakeWorld({ probes })
    service.settings.probes = ['test.a']
    await client.getToken()
    service.settings.probes = ['test.b', 'test.a']
    service.settings.epoch++
    await client.getToken(audience, { forceRefresh: true })
    expect(service.clientData.map((data) => data.probes)).toEqual([
      { 'test.a': 1 },
      { 'test.b': 'two', 'test.a': 1 },
    ])
  })

  it('that are not declared refuse the plan', async () => {
    const { client, service } = fakeWorld({ probes })
    service.settings.probes = ['test.other']
    expect(await codeOf(client.getToken())).toBe('plan_refused')
  })

  it('that never answer are late', async () => {
    const { client, service, time } = fakeWorld({ probes })
    service.settings.probes = ['test.never', 'test.a']
    await time.settle(client.getToken())
    expect(service.clientData[0]?.probes).toEqual({ 'test.never': '!late', 'test.a': 1 })
  })
})

describe('exercises', () => {
  const live = { functions: {}, exercises: { double: (input: Uint8Array) => input.map((byte) => byte * 2) } }

  it('are carried out', async () => {
    const { client, service } = fakeWorld({ live })
    service.settings.run = ['double']
    await client.getToken()
    expect(service.issued).toHaveLength(1)
  })

  it('that are not declared refuse the plan', async () => {
    const { client, service } = fakeWorld()
    service.settings.run = ['double']
    expect(await codeOf(client.getToken())).toBe('plan_refused')
  })
})
