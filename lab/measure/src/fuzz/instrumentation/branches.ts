import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import type { CoverageMapData } from 'istanbul-lib-coverage'
import { coverageVariable } from './coverage-variable.ts'

/** The branches of the instrumented files, and which of them were taken since they were last forgotten. */
export interface Branches {
  readonly total: number
  /** Whether a new branch was taken since the last call. */
  hasNew(): boolean
  taken(): number
  /** `FILE:LINE` of each branch that was not taken, in the TypeScript source. */
  missing(): readonly string[]
}

interface Branch {
  /** The counters of all ways out of one decision, and which of them this is. */
  readonly counters: number[]
  readonly way: number
  readonly file: string
  readonly line: number
  readonly column: number
}

/** All files that were loaded through the instrumentation so far. */
export function instrumentedBranches(): Branches {
  const all = Object.values(coverage()).flatMap(branchesOf)
  // After each input, only branches that were never taken are checked: soon there are few of them.
  let untaken = all
  const isUntaken = ({ counters, way }: Branch): boolean => counters[way] === 0
  const settle = (): boolean => {
    if (untaken.every(isUntaken)) return false
    untaken = untaken.filter(isUntaken)
    return true
  }
  return {
    total: all.length,
    hasNew: settle,
    taken: () => all.length - all.filter(isUntaken).length,
    missing: () => all.filter(isUntaken).map(placeOf),
  }
}

/** Sets every counter to zero: `Branches` that are requested afterwards start empty. */
export function forgetBranches(): void {
  for (const { counters, way } of Object.values(coverage()).flatMap(branchesOf)) counters[way] = 0
}

function coverage(): CoverageMapData {
  return (globalThis as { [coverageVariable]?: CoverageMapData })[coverageVariable] ?? {}
}

function branchesOf({ path: file, b, branchMap }: CoverageMapData[string]): Branch[] {
  return Object.entries(branchMap).flatMap(([id, { locations, loc }]) => {
    const counters = b[id] ?? []
    return counters.map((_, way) => {
      // An implicit `else` has no place of its own.
      const { line = loc.start.line, column = loc.start.column } = locations[way]?.start ?? {}
      return { counters, way, file, line, column }
    })
  })
}

function placeOf({ file, line, column }: Branch): string {
  const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMapJson)
  const entry = map.findEntry(line - 1, column)
  if (!('originalSource' in entry)) return `${file}:${line}`
  return `${new URL(entry.originalSource, `file://${file}`).pathname}:${entry.originalLine + 1}`
}

type SourceMapJson = ConstructorParameters<typeof SourceMap>[0]
