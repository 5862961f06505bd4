import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { countOf } from '../../src/wire/case/case.ts'
import { guardFiles, guardFolder } from '../../src/wire/guards/guard-files.ts'
import { statusLists } from '../../src/wire/guards/status-lists.ts'

describe('what guards in other languages read', () => {
  it.each(Object.entries(guardFiles))('%s is current: run `npm run wire -- write`', (name, text) => {
    expect(readFileSync(path.join(guardFolder, name), 'utf8') === text()).toBe(true)
  })

  it('is all that is there', () => {
    // The functions for Valkey are the guard's, and written by `npm run conformance -- write`.
    expect(readdirSync(guardFolder).sort()).toEqual(['assay_guard_2.lua', ...Object.keys(guardFiles)].sort())
  })

  it('has as many cases as it must, and none twice', () => {
    const { accepted, refused } = countOf(statusLists)
    expect(accepted).toBeGreaterThanOrEqual(statusLists.floor.accepted)
    expect(refused).toBeGreaterThanOrEqual(statusLists.floor.refused)
    const ids = statusLists.cases.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})
