import { remedyKinds } from '@assay/protocol'
import { describe, expect, it } from 'vitest'
import { remedyText } from '../../src/remedies/remedy-text.ts'
import { remedyTexts } from '../../src/remedies/texts.ts'

describe('texts for remedies', () => {
  it.each(Object.entries(remedyTexts))('are one for each kind: %s', (_language, texts) => {
    expect(Object.keys(texts)).toEqual([...remedyKinds])
    for (const [kind, text] of Object.entries(texts)) {
      expect(text).toMatch(/^[A-ZÄÖÜ][^{}<>]+(\.|: \{trace\})$/)
      expect(text.includes('{trace}')).toBe(kind === 'contact_support')
    }
  })

  it.each([
    [undefined, 'en'],
    ['en-GB', 'en'],
    ['fr', 'en'],
    ['den', 'en'],
    ['de', 'de'],
    ['de-AT', 'de'],
    ['DE-de', 'de'],
  ] as const)('are in the language %s of the user, or in English', (language, used) => {
    const fault = { remedy: { kind: 'update_os' } } as const
    expect(remedyText(fault, { language })).toBe(remedyTexts[used].update_os)
  })

  it('name the trace as it is, and none where there is none', () => {
    const remedy = { kind: 'contact_support' } as const
    expect(remedyText({ remedy, trace: '$&t' })).toMatch(/ Have this code ready: \$&t$/)
    expect(remedyText({ remedy })).toBe('This device could not be verified. Please contact support.')
    expect(remedyText({ remedy }, { language: 'de' })).toMatch(/ an den Support\.$/)
    expect(remedyText({ remedy }, { texts: { contact_support: 'Call us: {trace}' } })).toBe('Call us: –')
  })

  it('give way to those of the app, one by one', () => {
    const texts = { update_app: 'Get {trace}.' }
    expect(remedyText({ remedy: { kind: 'update_app' }, trace: 't' }, { texts })).toBe('Get t.')
    expect(remedyText({ remedy: { kind: 'try_later' } }, { texts })).toBe(remedyTexts.en.try_later)
  })

  it('are none where there is no remedy', () => {
    expect(remedyText({ trace: 't' })).toBeUndefined()
  })
})
