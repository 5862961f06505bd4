import { describe, expect, it } from 'vitest'
import { missingLine } from '../../src/guides/shown-text.ts'

const output = 'app    com.example.app\n\u001b[33mwarning:\u001b[39m no SDK\nbuild  first\n'

describe('missingLine', () => {
  it('finds lines in their order, whatever stands between them', () => {
    expect(missingLine(output, ['app com.example.app', 'build first'])).toBeUndefined()
    expect(missingLine(output, ['build first', 'app com.example.app'])).toBe('app com.example.app')
  })

  it('takes … for anything, and for any lines where it stands alone', () => {
    expect(missingLine(output, ['app …', '…', 'build …'])).toBeUndefined()
    expect(missingLine(output, ['… first'])).toBeUndefined()
  })

  it('takes a part of a line for nothing', () => {
    expect(missingLine(output, ['build'])).toBe('build')
    expect(missingLine('building first', ['build…second'])).toBe('build…second')
  })

  it('takes characters of regular expressions as they are', () => {
    expect(missingLine('200 [{"order":1}]', ['200 [{"order":1}]'])).toBeUndefined()
    expect(missingLine('200 x', ['200 .'])).toBe('200 .')
  })

  it('does not see colours', () => {
    expect(missingLine(output, ['warning: no SDK'])).toBeUndefined()
  })
})
