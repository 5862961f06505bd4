import { describe, expect, it } from 'vitest'
import { fromJson, toJson, toMillis, toTime } from '../../../src/storage/database/columns.ts'

describe('columns', () => {
  it('return JSON unchanged', () => {
    const value = { a: [1, 'é', null] }
    expect(fromJson(toJson(value))).toEqual(value)
  })

  it('give times back in UTC with milliseconds', () => {
    expect(toTime(toMillis('2026-11-25T01:02:03Z'))).toBe('2026-11-25T01:02:03.000Z')
    expect(toTime(toMillis('2026-11-25T01:02:03.5+02:00'))).toBe('2026-11-24T23:02:03.500Z')
  })

  it('refuse an invalid time', () => {
    expect(() => toMillis('yesterday')).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }))
  })
})
