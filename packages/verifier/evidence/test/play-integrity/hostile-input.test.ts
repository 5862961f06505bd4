import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  PlayIntegrityError,
  playIntegrity,
  playIntegrityContext,
  playIntegrityErrorCodes,
} from '../../src/play-integrity/index.ts'
import { contextInput, genuine, itemOf, token } from './google-play.ts'

/** The code with which a token is refused; any other error is passed on, which fails the property. */
async function refusalOf(text: string): Promise<string | undefined> {
  try {
    await playIntegrity.verify(playIntegrity.parse(itemOf(text)), playIntegrityContext(contextInput))
    return undefined
  } catch (error) {
    if (error instanceof PlayIntegrityError) return error.code
    throw error
  }
}

/** A few characters replaced, inserted or removed. */
function mutations(seed: string): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.nat(seed.length - 1),
    drop: fc.nat(2),
    text: fc.constantFrom('', 'A', '.', '-', '=', '"', '{', '}', '[', '1', 'é', '\\'),
  })
  return fc
    .array(edit, { minLength: 1, maxLength: 3 })
    .map((edits) =>
      edits.reduce((text, { at, drop, text: put }) => text.slice(0, at) + put + text.slice(at + drop), seed),
    )
}

async function endsInACode(inputs: fc.Arbitrary<string>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(inputs, async (text) => {
      const code = await refusalOf(text)
      if (code !== undefined) expect(playIntegrityErrorCodes).toContain(code)
    }),
  )
}

test('a changed token always gives a code of the format', async () => {
  await endsInACode(mutations(token()))
})

test('a verdict that is changed before it is signed always gives a code of the format', async () => {
  await endsInACode(mutations(JSON.stringify(genuine)).map((payload) => token({ payload })))
})

test('any signed JSON gives a code of the format', async () => {
  await endsInACode(fc.json().map((payload) => token({ payload })))
})

test('a change of any character is refused', async () => {
  const seed = token()
  for (let at = 0; at < seed.length; at += 7) {
    const other = seed[at] === 'A' ? 'B' : 'A'
    expect(await refusalOf(seed.slice(0, at) + other + seed.slice(at + 1)), `character ${at}`).toBeDefined()
  }
})
