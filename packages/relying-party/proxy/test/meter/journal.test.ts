import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MeterForm } from '../../src/meter/form.ts'
import { MeterJournal } from '../../src/meter/journal/journal.ts'
import { lineOf } from '../../src/meter/journal/lines.ts'
import { createMemoryMeter } from '../../src/meter/memory-meter.ts'
import type { MeterAnswer } from '../../src/meter/meter.ts'
import { answer, callOf, held, midnight, rulesOf } from './calls.ts'

const form: MeterForm = {
  installation: { requests: ['5/day'], cost: ['1000/day'] },
  all: { cost: ['2000/day'] },
  cost: { member: '/usage/total_tokens', reserve: { fixed: 100 } },
}

let folder: string
let file: string
const journals: MeterJournal[] = []
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'assay-journal-'))
  file = path.join(folder, 'meter.journal')
})
afterEach(() => {
  for (const journal of journals.splice(0)) journal.close()
  rmSync(folder, { recursive: true })
})

function open(of: MeterForm = form, settings: { capacity?: number; now?: number } = {}) {
  const journal = MeterJournal.open(file)
  journals.push(journal)
  const notices: string[] = []
  const { now = midnight, ...more } = settings
  const meter = createMemoryMeter({
    rules: [rulesOf(of)],
    clock: () => now,
    journal,
    onNotice: (code, detail) => notices.push(`${code} ${detail}`),
    ...more,
  })
  const call = (installation: string) => meter.reserve(callOf(installation)) as MeterAnswer
  return { meter, call, notices, journal }
}

/** As a process that is killed: its lock goes, and nothing more is written. */
function kill(journal: MeterJournal) {
  const text = readFileSync(file)
  journal.close()
  journals.splice(journals.indexOf(journal), 1)
  writeFileSync(file, text)
}

const codeOf = (work: () => unknown) => {
  try {
    work()
    return 'none'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('what a process has counted that was killed', () => {
  test('counts on: requests, settled costs, and reservations in full', async () => {
    const first = open()
    answer(held(first.call('a')), 10)
    held(first.call('a'))
    kill(first.journal)
    const { meter, call, notices } = open()
    expect(await meter.usage(2)).toMatchObject([{ installation: 'a', requests: 2, cost: 110, open: 0 }])
    for (let i = 0; i < 3; i += 1) held(call('a')).end('not_sent')
    expect(call('a')).toMatchObject({ code: 'METER_EXCEEDED' })
    expect(call('b').ok).toBe(true)
    expect(notices).toEqual([])
  })

  test('is over when its windows are', () => {
    const first = open()
    for (let i = 0; i < 5; i += 1) held(first.call('a')).end('not_sent')
    expect(first.call('a').ok).toBe(false)
    kill(first.journal)
    expect(open(form, { now: midnight + 86_400_000 }).call('a').ok).toBe(true)
  })

  test('includes what dropped accounts had used', () => {
    const small: MeterForm = { installation: { requests: ['3/day'] } }
    const first = open(small, { capacity: 4 })
    for (let round = 0; round < 3; round += 1)
      for (let i = 0; i < 5; i += 1) {
        const given = first.call(`phone ${i}`)
        if (given.ok) given.end('complete')
      }
    kill(first.journal)
    expect(open(small, { capacity: 4 }).call('newcomer').ok).toBe(false)
  })

  test('survives a real kill -9, with the process in the middle of it', async () => {
    const script = `
      const { MeterJournal, createMemoryMeter } = await import('@assay/proxy')
      const limit = { scope: 'installation', unit: 'requests', limit: 1e9, seconds: 86400 }
      const rules = [{ route: 'r', limits: [limit], streams: Infinity, needsHardware: false,
        networkBits: { ipv4: 24, ipv6: 56 }, longest: 600 }]
      const journal = MeterJournal.open(process.argv[1])
      const meter = createMemoryMeter({ rules, clock: () => ${midnight}, journal })
      let served = 0
      const serve = () => {
        for (let i = 0; i < 50; i++) if (meter.reserve({ route: 'r', caller: { installation: 'a', app: 'x' } }).ok) served++
        process.stdout.write(served + '\\n', () => setImmediate(serve))
      }
      serve()`
    let served = 0
    for (let round = 0; round < 3; round += 1) {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script, file], {
        cwd: import.meta.dirname,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let last = ''
      child.stdout.on('data', (text: Buffer) => {
        last = text.toString().trim().split('\n').at(-1) as string
        if (Number(last) >= 500) child.kill('SIGKILL')
      })
      await once(child, 'close')
      served += Number(last)
      expect(Number(last)).toBeGreaterThanOrEqual(500)
    }
    const journal = MeterJournal.open(file)
    journals.push(journal)
    const limit = { scope: 'installation', unit: 'requests', limit: 1e9, seconds: 86_400 } as const
    const rules = [{ ...rulesOf(undefined), route: 'r', limits: [limit] }]
    const meter = createMemoryMeter({ rules, clock: () => midnight, journal })
    const [use] = await meter.usage(1)
    // What it printed last was served before; it may have served a little more.
    expect(use?.requests).toBeGreaterThanOrEqual(served)
  })
})

describe('a journal', () => {
  test('is for its owner alone, and is written anew before it grows without end', async () => {
    const { call, journal } = open({ installation: { requests: ['1000000/day'] } })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    for (let i = 0; i < 180_000; i += 1) held(call(`phone ${i % 20}`)).end('complete')
    expect(statSync(file).size).toBeGreaterThan(8 * 1024 * 1024)
    const ticking = journal.tick()
    for (let i = 0; i < 100; i += 1) held(call(`phone ${i % 20}`)).end('complete')
    await ticking
    expect(statSync(file).size).toBeLessThan(100_000)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    kill(journal)
    const [most] = await open({ installation: { requests: ['1000000/day'] } }).meter.usage(1)
    expect(most?.requests).toBe(180_100 / 20)
  })

  test('is that of one process', () => {
    open()
    expect(codeOf(() => MeterJournal.open(file))).toBe('PROXY_JOURNAL_LOCKED')
  })

  test('whose end was not written whole is cut there, and says so', () => {
    const first = open()
    held(first.call('a'))
    kill(first.journal)
    const whole = statSync(file).size
    appendFileSync(file, `${lineOf([[0, 'a', 'x', 0, 0]]).slice(0, 20)}\0\0\0`)
    const second = open()
    expect(second.notices).toEqual([`METER_JOURNAL_CUT ${statSync(file).size > 0 ? 23 : 0} bytes at its end`])
    expect(whole).toBeGreaterThan(0)
    for (let i = 0; i < 4; i += 1) held(second.call('a')).end('not_sent')
    expect(second.call('a').ok).toBe(false)
  })

  test.each<[string, (text: string) => string]>([
    ['empty', () => ''],
    ['no journal', () => 'not a journal\n'],
    ['of another version', () => lineOf({ format: 'assay-meter-journal', version: 2, kinds: [] })],
    ['damaged before its end', (text) => text.replace('requests', 'reqvests')],
  ])('that is %s is not used, and nothing is served', (_, change) => {
    const first = open()
    held(first.call('a'))
    kill(first.journal)
    writeFileSync(file, change(readFileSync(file, 'utf8')))
    expect(codeOf(() => MeterJournal.open(file))).toBe('PROXY_JOURNAL_UNREADABLE')
  })

  test('that was truncated to half is cut at the last whole line', () => {
    const first = open()
    for (let i = 0; i < 4; i += 1) held(first.call('a'))
    kill(first.journal)
    truncateSync(file, statSync(file).size - 10)
    expect(open().notices[0]).toMatch(/^METER_JOURNAL_CUT/)
  })

  test('of other rules counts on by name, and says what is not counted any more', () => {
    const first = open()
    for (let i = 0; i < 3; i += 1) answer(held(first.call('a')), 1)
    kill(first.journal)
    const { call, notices } = open({ installation: { requests: ['3/day'] } })
    expect(call('a')).toMatchObject({ code: 'METER_EXCEEDED' })
    expect(notices).toEqual([
      'METER_JOURNAL_RULES messages installation cost/86400: the rules do not count it any more',
      'METER_JOURNAL_RULES messages all: the rules do not count it any more',
    ])
  })

  test('that cannot be written serves nothing, and counts nothing', async () => {
    const { call, meter, journal } = open()
    held(call('a')).end('complete')
    // Its file is gone from under it: every write fails.
    journal.close()
    journals.pop()
    expect(call('a')).toMatchObject({ ok: false, code: 'METER_JOURNAL_FAILED', status: 503 })
    expect(await meter.usage(1)).toMatchObject([{ requests: 1, cost: 100, open: 0 }])
  })
})
