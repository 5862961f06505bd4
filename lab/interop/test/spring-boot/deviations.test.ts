import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { deviations, differing, faultOf } from '../../src/spring-boot/deviations.ts'

const listed = { name: differing.twoNodes, expect: 'refused', seen: 'seen' } as const
const other = { name: 'a token and a proof', expect: 'accepted', seen: 'seen' } as const

describe('a case of Spring Boot', () => {
  test('passes as the guard decides it, or as the list says', () => {
    expect(faultOf('4.1', { ...other, outcome: 'accepted' })).toBeUndefined()
    expect(faultOf('4.1', { ...listed, outcome: 'accepted' })).toBeUndefined()
  })

  test('fails when a deviation appears', () => {
    expect(faultOf('4.1', { ...other, outcome: 'refused' })).toMatch(/No deviation is listed$/)
    const ofTheOtherLine = { ...listed, name: differing.firstAgain, outcome: 'accepted' } as const
    expect(faultOf('3.5', ofTheOtherLine)).toBeUndefined()
    expect(faultOf('4.1', ofTheOtherLine)).toMatch(/No deviation is listed$/)
  })

  test('fails when a deviation disappears', () => {
    expect(faultOf('4.1', { ...listed, outcome: 'refused' })).toMatch(/has disappeared/)
  })
})

test('the guide has a row for every deviation, and names its issue', () => {
  const guide = readFileSync(
    path.resolve(import.meta.dirname, '../../../../docs/guides/spring-boot.md'),
    'utf8',
  )
  const table = guide.slice(guide.indexOf('| case |')).split('\n\n')[0] ?? ''
  const rows = table.split('\n').slice(2)
  expect(rows).toHaveLength(Object.keys(differing).length)
  for (const { issue } of deviations) if (issue !== undefined) expect(table).toContain(issue)
  for (const name of Object.values(differing)) expect(deviations.some(({ of }) => of === name)).toBe(true)
})
