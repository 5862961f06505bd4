import { describe, expect, it } from 'vitest'
import { carryOutSync, checkResponse, type CodeImage, type ShownFunctions } from '../../src/index.ts'
import { answering, challengeOf, codeOf, planFor } from '../exchange.ts'
import { imageOf, later, noise } from '../synthetic-image.ts'

const image = imageOf({ a: noise(4000, 'a') })
const planBytes = await planFor(image, { live: { show: ['f', 'g'], run: [] } })
const own = await answering(image, planBytes, challengeOf('check'))
const registered = { f: noise(32, 'f'), g: noise(32, 'g') }
const expected = { ...own, live: { shown: registered, exercises: {} } }
const responseOf = (shown: ShownFunctions) => carryOutSync({ ...own, live: { shown, exercises: {} } })

describe('checkResponse', () => {
  it('tells source that is as registered from source that is absent', () => {
    expect(checkResponse(expected, responseOf(registered).response)).toEqual({ matches: true, live: 'shown' })
    expect(checkResponse(expected, responseOf('absent').response)).toEqual({ matches: true, live: 'absent' })
  })

  it.each<[string, ShownFunctions]>([
    ['one function that differs', { ...registered, g: noise(32, 'patched') }],
    ['two functions that change places', { f: registered.g, g: registered.f }],
    ['one function left blank', { ...registered, g: new Uint8Array(0) }],
  ])('refuses %s', (_name, shown) => {
    expect(checkResponse(expected, responseOf(shown).response)).toEqual({ matches: false })
  })

  it('shows by tags which function differs', () => {
    const { tags } = responseOf({ ...registered, g: noise(32, 'patched') })
    const named = tags.map(({ name, tag }) => `${name} ${Buffer.from(tag).toString('hex')}`)
    const good = responseOf(registered).tags.map(
      ({ name, tag }) => `${name} ${Buffer.from(tag).toString('hex')}`,
    )
    expect(named.filter((tag) => !good.includes(tag)).map((tag) => tag.split(' ')[0])).toEqual(['live:g'])
  })

  it.each<[string, ShownFunctions, string]>([
    ['a function without a registered slice', { f: registered.f }, 'PLAN_FUNCTION'],
    ['nothing to compare with', 'absent', 'ERR_INVALID_ARG_VALUE'],
  ])('refuses to check against %s', async (_name, shown, code) => {
    const work = () => checkResponse({ ...own, live: { shown, exercises: {} } }, new Uint8Array(32))
    expect(await codeOf(work)).toBe(code)
  })

  it('refuses a challenge of another length', async () => {
    const challenge = own.challenge.subarray(1)
    expect(await codeOf(() => checkResponse({ ...expected, challenge }, new Uint8Array(32)))).toBe(
      'ERR_INVALID_ARG_VALUE',
    )
  })

  it('refuses to check live code without live input', async () => {
    expect(await codeOf(() => checkResponse(own, new Uint8Array(32)))).toBe('PLAN_FUNCTION')
  })

  it('waits for bytes that come later, and answers at once where all are there', async () => {
    const { response } = responseOf(registered)
    const checked = checkResponse({ ...expected, image: later(image) }, response)
    expect(checked).toBeInstanceOf(Promise)
    expect(await checked).toEqual({ matches: true, live: 'shown' })
    expect(await checkResponse({ ...expected, image: later(image) }, new Uint8Array(32))).toEqual({
      matches: false,
    })
    expect(checkResponse(expected, response)).not.toBeInstanceOf(Promise)
  })

  it('has taken bytes that were there before it waits for others', async () => {
    let asked = 0
    const scratch = new Map<number, Uint8Array>()
    const mixed: CodeImage = {
      ...image,
      read(name, offset, length) {
        const bytes = image.read(name, offset, length) as Uint8Array
        asked += 1
        // Another attestation reads into the same buffer meanwhile.
        if (asked % 2 === 0) return Promise.resolve(bytes).finally(() => scratch.get(length)?.fill(0))
        const into = scratch.get(length) ?? new Uint8Array(length)
        scratch.set(length, into)
        into.set(bytes)
        return into
      },
    }
    expect(await checkResponse({ ...expected, image: mixed }, responseOf(registered).response)).toEqual({
      matches: true,
      live: 'shown',
    })
    expect(asked).toBeGreaterThan(10)
  })

  it('fails as the read that it waits for does', async () => {
    const fault = new Error('the store is away')
    let asked = 0
    const failing: CodeImage = {
      ...image,
      read: (...place) => ((asked += 1) === 3 ? Promise.reject(fault) : image.read(...place)),
    }
    await expect(
      Promise.resolve(checkResponse({ ...expected, image: failing }, new Uint8Array(32))),
    ).rejects.toBe(fault)
    expect(asked).toBe(3)
  })
})
