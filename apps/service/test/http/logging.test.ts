import { describe, expect, it } from 'vitest'
import { redact, serializers } from '../../src/http/logging.ts'

describe('what reaches the log of an error', () => {
  it('blanks whatever could be a token, a key or a challenge', () => {
    const token = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln'
    expect(redact(`token ${token} is bad`)).toBe('token [redacted] is bad')
    expect(redact('ENOENT: no such file')).toBe('ENOENT: no such file')
  })

  it('shows the place, by name and code, down to the cause', () => {
    const cause = Object.assign(new TypeError(`bad ${'a1'.repeat(20)}`), { code: 'E_CODE' })
    const logged = serializers.err(new Error('outer', { cause }))
    expect(logged).toMatchObject({
      type: 'Error',
      message: 'outer',
      cause: { type: 'TypeError', code: 'E_CODE', message: 'bad [redacted]' },
    })
    expect(logged.stack).toContain('logging.test')
    expect(JSON.stringify(logged)).not.toContain('a1a1')
  })

  it('shows nothing of a thrown value that is not an error', () => {
    expect(serializers.err({ secret: 'x' })).toEqual({ type: 'object', message: '', stack: '' })
  })
})
