import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { encodeRemedyTexts, remedyTextsFile } from '../../src/wire/texts/remedy-texts.ts'

it('the texts for remedies are current: run `npm run wire -- write`', () => {
  expect(readFileSync(remedyTextsFile, 'utf8') === encodeRemedyTexts()).toBe(true)
})
