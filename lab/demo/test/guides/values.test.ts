import { describe, expect, it } from 'vitest'
import { withReadersValues } from '../../src/guides/values.ts'

const values = { apk: "'/home/me/my app.apk'", package: 'org.mine' }

describe('withReadersValues', () => {
  it('puts in file and package', () => {
    expect(withReadersValues('cp /path/to/app-release.apk a; APP=com.example.app', values, '')).toBe(
      "cp '/home/me/my app.apk' a; APP=org.mine",
    )
  })

  it('puts in the trace that was shown last', () => {
    expect(withReadersValues('doctor TRACE', values, 'trace a1\ntrace b2\n')).toBe('doctor b2')
    expect(withReadersValues('$TRACED', values, '')).toBe('$TRACED')
  })

  it('fails where no trace was shown', () => {
    expect(() => withReadersValues('doctor TRACE', values, '')).toThrow('trace id')
  })
})
