import { describe, expect, it } from 'vitest'
import {
  carryOutSync,
  checkPlanFits,
  checkResponse,
  digestImage,
  exercises,
  parsePlan,
  planSeed,
  textPlan,
  type CarryOutInput,
  type Plan,
} from '../../src/index.ts'
import { nodeCrypto } from '../../src/node-crypto.ts'
import { answers, challengeOf, codeOf, hex, planFor } from '../exchange.ts'
import { imageOf, noise } from '../synthetic-image.ts'

const main = imageOf({ 'main.jsbundle': noise(3000, 'js') })
const sections = { 'App.__TEXT.__text': noise(9000, 'text'), 'App.__TEXT.__const': noise(700, 'const') }
const text = imageOf(sections)
const planBytes = await planFor(main, { text: text.segments, live: { show: [], run: ['refusal.1'] } })
const plan = parsePlan(planBytes) as Plan & { text: NonNullable<Plan['text']> }
const challenge = challengeOf('text')

async function textInput(image: typeof text): Promise<CarryOutInput> {
  const digest = await digestImage(image, 'image', planSeed(plan), nodeCrypto)
  return { plan: textPlan(plan), planBytes, challenge, digest, image, crypto: nodeCrypto, probes: {} }
}

describe('the second image', async () => {
  const genuine = await textInput(text)

  it('has a response of its own, which the Verifier works out over the registered sections', () => {
    const { response, tags } = carryOutSync(genuine)
    expect(checkResponse(genuine, response)).toEqual({ matches: true, live: 'not_asked' })
    expect(tags.map(({ name }) => name)).toEqual(Object.keys(sections).sort())
  })

  it('does not match when one bit of a section differs, and leaves the first image as it is', async () => {
    const patched = Uint8Array.from(sections['App.__TEXT.__text'])
    patched[8999] = (patched[8999] as number) ^ 1
    const other = await textInput(imageOf({ ...sections, 'App.__TEXT.__text': patched }))
    expect(checkResponse(genuine, carryOutSync(other).response)).toEqual({ matches: false })
    const first = {
      ...{ plan, planBytes, challenge, image: main, crypto: nodeCrypto, probes: answers },
      digest: await digestImage(main, 'image', planSeed(plan), nodeCrypto),
      live: { shown: {}, exercises },
    }
    expect(checkResponse(first, carryOutSync(first).response)).toEqual({ matches: true, live: 'not_asked' })
    expect(hex(carryOutSync(first).response)).not.toBe(hex(carryOutSync(genuine).response))
  })

  it('fits a plan as the first does', async () => {
    const expected = { app: plan.app, build: plan.build, probes: {}, functions: {}, exercises: {} }
    checkPlanFits(textPlan(plan), text.segments, expected)
    const fewer = text.segments.slice(1)
    expect(await codeOf(() => checkPlanFits(textPlan(plan), fewer, expected))).toBe('PLAN_SEGMENT')
  })
})
