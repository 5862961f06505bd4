import { expect, test } from 'vitest'
import { claimSet, type ClaimSet } from '../src/claim-set.ts'
import { allOf, claimIs, probeFailed, probeFound } from '../src/index.ts'
import { now, softwareClaims } from './claims.ts'

const over = (probes: Record<string, unknown>) => claimSet([softwareClaims({ probes })], now) as ClaimSet

test('a claim is one of the values, by value and type', () => {
  const claims = over({})
  expect(claimIs(['software', 'live'], 'absent', 'matched')(claims)).toBe(true)
  expect(claimIs(['software', 'live'], 'absent')(claims)).toBe(false)
  expect(claimIs(['software', 'measured'], 'true', 1)(claims)).toBe(false)
})

test('a claim that is not there is an error', () => {
  expect(() => claimIs(['software', 'missing'], true)(over({}))).toThrow('not there')
})

test('all of several conditions', () => {
  expect(allOf(() => true)(over({}))).toBe(true)
  expect(
    allOf(
      () => true,
      () => false,
    )(over({})),
  ).toBe(false)
})

test.each([
  ['one finding', 'webdriver', true],
  ['several findings', 'webdriver,globals', true],
  ['none', '', false],
  ['no answer, because it threw', '!threw', false],
  ['an answer that is no list of names', true, false],
])('a probe with %s', (_, answer, found) => {
  expect(probeFound('js.automation')(over({ 'js.automation': answer }))).toBe(found)
})

test('a probe that was not asked found nothing', () => {
  expect(probeFound('js.automation')(over({ 'js.debugger': 'inspect' }))).toBe(false)
})

test('findings are told apart by how they begin', () => {
  const crypto = probeFound('js.replaced', ['crypto.', 'subtle.'])
  expect(crypto(over({ 'js.replaced': 'fetch,crypto.subtle.sign' }))).toBe(true)
  expect(crypto(over({ 'js.replaced': 'fetch,JSON.parse' }))).toBe(false)
  expect(crypto(over({ 'js.replaced': 'my.crypto.sign' }))).toBe(false)
})

test.each([
  ['threw', '!threw', true],
  ['gave something else', 7, true],
  ['found nothing', '', false],
  ['found something', 'dev', false],
  ['was not asked', undefined, false],
])('a probe that %s', (_, answer, failed) => {
  const probes = answer === undefined ? {} : { 'js.debugger': answer }
  expect(probeFailed(['js.automation', 'js.debugger'])(over(probes))).toBe(failed)
})
