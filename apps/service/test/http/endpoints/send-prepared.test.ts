import { describe, expect, it } from 'vitest'
import { acceptsGzip } from '../../../src/http/endpoints/send-prepared.ts'

describe('gzip is accepted', () => {
  it.each<[string | undefined | string[], boolean]>([
    [undefined, false],
    ['', false],
    ['identity', false],
    ['br', false],
    ['gzip', true],
    ['GZIP', true],
    ['x-gzip', true],
    ['gzip, deflate, br', true],
    ['deflate;q=1, gzip;q=0.001', true],
    ['gzip;q=0', false],
    ['gzip; q=0.000', false],
    ['*', true],
    ['*;q=0', false],
    ['*, gzip;q=0', false],
    ['gzip;q=1, *;q=0', true],
    ['gzipped', false],
    [['br', 'gzip'], true],
  ])('by %j: %s', (accepted, expected) => {
    expect(acceptsGzip(accepted)).toBe(expected)
  })
})
