import { describe, expect, it } from 'vitest'
import { carryOutSync, checkResponse, type ShownFunctions } from '../../src/index.ts'
import { answering, challengeOf, codeOf, planFor } from '../exchange.ts'
import { imageOf, noise } from '../synthetic-image.ts'

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
    const told = tags.map(({ name, tag }) => `${name} ${Buffer.from(tag).toString('hex')}`)
    const good = responseOf(registered).tags.map(
      ({ name, tag }) => `${name} ${Buffer.from(tag).toString('hex')}`,
    )
    expect(told.filter((tag) => !good.includes(tag)).map((tag) => tag.split(' ')[0])).toEqual(['live:g'])
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
})
