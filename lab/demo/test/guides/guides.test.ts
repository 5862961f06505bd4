import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { guides } from '../../src/guides/guides.ts'
import { parseGuide } from '../../src/guides/parse-guide.ts'

const folder = path.resolve(import.meta.dirname, '../../../../docs/guides')
const stepsOf = (name: string) => parseGuide(readFileSync(path.join(folder, `${name}.md`), 'utf8'))

describe('docs/guides', () => {
  it('has no guide with steps that nobody follows', () => {
    const written = readdirSync(folder)
      .map((file) => file.replace(/\.md$/, ''))
      .filter((name) => stepsOf(name).length > 0)
    expect(written.sort()).toEqual(guides.map(({ name }) => name).sort())
  })

  it.each(guides.map(({ name }) => name))('%s: is shell that bash can read', (name) => {
    for (const step of stepsOf(name)) {
      if (step.kind !== 'shell') continue
      const { status, stderr } = spawnSync('bash', ['-n'], { input: step.text, encoding: 'utf8' })
      expect({ line: step.line, status, stderr }).toEqual({ line: step.line, status: 0, stderr: '' })
    }
  })

  it.each(guides.map(({ name }) => name))('%s: says what a program that goes on running shows', (name) => {
    for (const step of stepsOf(name)) {
      if (step.kind === 'shell' && step.terminal !== 'first') expect(step.shows).not.toEqual([])
    }
  })

  // Express 5 hands the fault to the callback of `listen`: a sample that ignores it says that it serves, and ends.
  it.each(guides.map(({ name }) => name))(
    '%s: has no sample with Express that hides a taken port',
    (name) => {
      for (const step of stepsOf(name)) {
        if (step.kind === 'file' && step.text.includes("from 'express'"))
          expect(step.text).not.toMatch(/\.listen\([^)]*\(\) =>/)
      }
    },
  )
})
