import { readFileSync } from 'node:fs'
import { decodeBase64url, encodeBase64url } from '@assay/protocol'
import { describe, expect, it } from 'vitest'
import { carryOutSync, checkResponse, digestImage, exercises, parsePlan, planSeed } from '../../src/index.ts'
import { nodeCrypto } from '../../src/node-crypto.ts'
import { imageOf } from '../synthetic-image.ts'

/** Bytes are base64url, the plan is text. Made once: SDKs in the field give these answers for good. */
interface KnownAnswer {
  plan: string
  challenge: string
  segments: Record<string, string>
  probes: Record<string, string | number | boolean>
  shown: Record<string, string>
  image_digest: string
  response: string
  response_without_source: string
  tags: Record<string, string>
}

const file = new URL('known-answer.json', import.meta.url)
const known = JSON.parse(readFileSync(file, 'utf8')) as KnownAnswer
const bytes = (text: string) => decodeBase64url(text) as Uint8Array
const decoded = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([name, text]) => [name, bytes(text)]))

describe('the known answer', async () => {
  const planBytes = Buffer.from(known.plan)
  const plan = parsePlan(planBytes)
  const image = imageOf(decoded(known.segments))
  const digest = await digestImage(image, plan.coverage, planSeed(plan), nodeCrypto)
  const challenge = bytes(known.challenge)
  const live = { shown: decoded(known.shown), exercises }
  const input = { plan, planBytes, challenge, digest, image, crypto: nodeCrypto, probes: known.probes, live }

  it('is given for an image, a plan and a challenge', () => {
    const { response, tags } = carryOutSync(input)
    expect(encodeBase64url(digest.image)).toBe(known.image_digest)
    expect(encodeBase64url(response)).toBe(known.response)
    expect(Object.fromEntries(tags.map(({ name, tag }) => [name, encodeBase64url(tag)]))).toEqual(known.tags)
  })

  it('is accepted with and without source', () => {
    expect(checkResponse(input, bytes(known.response))).toEqual({ matches: true, live: 'shown' })
    expect(checkResponse(input, bytes(known.response_without_source))).toEqual({
      matches: true,
      live: 'absent',
    })
  })
})
