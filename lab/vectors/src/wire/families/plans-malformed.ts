import type { Plan } from '@assay/measurement'

export interface MalformedPlan {
  readonly id: string
  readonly text: string | Uint8Array
  readonly code: string
}

/** Texts that are no plan: other JSON of the same meaning, other meanings, and what is not JSON. */
export function malformedPlans(plan: Plan): MalformedPlan[] {
  const text = JSON.stringify(plan)
  const malformed = (id: string, given: string | Uint8Array): MalformedPlan => {
    if (given === text) throw new Error(`${id}: nothing was changed`)
    return { id, text: given, code: 'PLAN_MALFORMED' }
  }
  const edit = (id: string, from: string, to: string) =>
    malformed(
      id,
      text.replace(from, () => to),
    )
  const value = (id: string, change: object) => malformed(id, JSON.stringify({ ...plan, ...change }))
  const read = (id: string, change: object) => value(id, { reads: [{ ...range, ...change }] })
  const range = { op: 'range', segment: 0, length: 512 }
  const walk = { op: 'walk', segment: 0, length: 8, count: 2 }
  const stride = { op: 'stride', segment: 0, length: 8, count: 2, step: 3 }
  const reads = '"reads":['
  const live = '"live":'
  const second = `"text":{"reads":[${JSON.stringify(range)}]}`
  const members: [string, unknown][] = Object.entries(plan)
  const version = (id: string, given: string): MalformedPlan => ({ id, text: given, code: 'PLAN_VERSION' })
  return [
    version('of version 2', text.replace('"v":1', '"v":2')),
    version('of version 0', text.replace('"v":1', '"v":0')),
    version('of version 10', text.replace('"v":1', '"v":10')),
    version('of version 11', text.replace('"v":1', '"v":11')),
    version('of version 2 with members unknown today', '{"v":2,"steps":[{"do":"x"}]}'),
    version('of version 9 and nothing besides', '{"v":9}'),
    malformed('with version 1 as text', text.replace('"v":1', '"v":"1"')),
    malformed('with version 1.0', text.replace('"v":1', '"v":1.0')),
    malformed('with version -1', text.replace('"v":1', '"v":-1')),
    malformed('with version 1 later', text.replace('"v":1,', '').replace(/}$/, ',"v":1}')),
    // A member left out, twice, null, or another in its place
    ...members.map(([name]) =>
      malformed(
        `without ${name}`,
        JSON.stringify(Object.fromEntries(members.filter(([other]) => other !== name))),
      ),
    ),
    ...members
      .slice(1)
      .map(([name, own]) =>
        malformed(
          `with ${name} twice`,
          text.replace(/}$/, `,${JSON.stringify({ [name]: own }).slice(1)}`.replace(/}}$/, '}}')),
        ),
      ),
    ...members.slice(1).map(([name]) => value(`with ${name} null`, { [name]: null })),
    ...members
      .slice(1)
      .map(([name, own]) =>
        malformed(
          `with ${name} named otherwise`,
          JSON.stringify(
            Object.fromEntries(
              members.map(([other, its]) => (other === name ? [`${name}s`, own] : [other, its])),
            ),
          ),
        ),
      ),
    value('with a member too many', { loop: 1 }),
    edit('with a member too many at the start', '{"v":1,', '{"v":1,"x":0,'),
    edit('with a member too many in live', '"run":', '"eval":"x","run":'),
    edit(
      'with members in another order',
      `"app":"${plan.app}","build":"${plan.build}"`,
      `"build":"${plan.build}","app":"${plan.app}"`,
    ),
    edit(
      'with members of a read in another order',
      '{"op":"range","segment":0,"length":512}',
      '{"op":"range","length":512,"segment":0}',
    ),
    edit(
      'with members of live in another order',
      '"show":[],"run":["refusal.1"]',
      '"run":["refusal.1"],"show":[]',
    ),
    // The same JSON, written otherwise
    malformed('with a space before', ` ${text}`),
    malformed('with a space after', `${text} `),
    malformed('with a line end', `${text}\n`),
    malformed('with a byte order mark', `\ufeff${text}`),
    edit('with a space after a colon', '"epoch":', '"epoch": '),
    edit('with a space after a comma', ',"coverage"', ', "coverage"'),
    edit('with a line end in a list', '[{"op"', '[\n{"op"'),
    edit('with an escaped letter in a name', '"epoch":', '"\\u0065poch":'),
    edit('with an escaped letter in a value', '"com.example', '"\\u0063om.example'),
    edit('with an escaped slash', '"com.example', '"\\/com.example'),
    edit('with a number with a leading zero', '"length":512', '"length":0512'),
    edit('with a number with a point', '"length":512', '"length":512.0'),
    edit('with a number with an exponent', '"length":512', '"length":5.12e2'),
    edit('with a number with an exponent and no point', '"length":128', '"length":1e2'),
    edit('with a number with a plus', '"length":512', '"length":+512'),
    edit('with a number as text', '"length":512', '"length":"512"'),
    edit('with a number in hexadecimal', '"length":512', '"length":0x200'),
    edit('with minus zero', '"segment":0', '"segment":-0'),
    edit('with two zeros', '"segment":0', '"segment":00'),
    edit('with an epoch with a leading zero', '"epoch":', '"epoch":0'),
    edit('with a number of other digits', '"segment":0', '"segment":\u0660'),
    edit('with full-width digits', '"length":512', '"length":\uff15\uff11\uff12'),
    edit('with single quotes', '"v"', "'v'"),
    edit('with a comma at the end of a list', '"os.emulator"]', '"os.emulator",]'),
    malformed('with a comma at the end of the object', text.replace(/}$/, ',}')),
    edit('with a comment', '"epoch"', '/**/"epoch"'),
    edit('with two commas', ',"epoch"', ',,"epoch"'),
    // Values of another kind
    value('with an app out of form', { app: '../x' }),
    value('with no app', { app: '' }),
    value('with an app with a space', { app: 'a b' }),
    value('with an app with a line end', { app: 'a\n' }),
    value('with an app with a letter of another alphabet', { app: 'com.ex\u0430mple' }),
    value('with an app with a letter that \\w takes for one of ASCII in some modes', {
      app: 'com.example.\u017f',
    }),
    value('with an app of 256 characters', { app: 'a'.repeat(256) }),
    value('with an app that is a number', { app: 1 }),
    value('with no build', { build: '' }),
    value('with a build with a slash', { build: '1/2' }),
    value('with a build of 256 characters', { build: 'b'.repeat(256) }),
    value('with an epoch below zero', { epoch: -1 }),
    value('with an epoch and a half', { epoch: 1.5 }),
    value('with an epoch as text', { epoch: '7' }),
    value('with an epoch that is true', { epoch: true }),
    value('with a seed of 42 characters', { seed: 'A'.repeat(42) }),
    value('with a seed of 44 characters', { seed: 'A'.repeat(44) }),
    value('with a seed with padding', { seed: `${'A'.repeat(42)}=` }),
    value('with a seed with plus', { seed: `${'A'.repeat(42)}+` }),
    value('with a seed whose unused bits are not zero', { seed: `${'A'.repeat(42)}B` }),
    value('with a seed that is a number', { seed: 1 }),
    value('with an unknown coverage', { coverage: 'none' }),
    value('with coverage in capitals', { coverage: 'IMAGE' }),
    value('with a coverage that starts as one', { coverage: 'images' }),
    value('with no reads', { reads: [] }),
    value('with reads that are an object', { reads: { 0: range } }),
    value('with a read that is text', { reads: ['range'] }),
    value('with a read that is null', { reads: [null] }),
    value('with a read in a list', { reads: [[range]] }),
    read('with an unknown operation', { op: 'loop' }),
    read('with an operation in capitals', { op: 'RANGE' }),
    read('with a range with a count', { count: 2 }),
    read('with a range with a step', { step: 2 }),
    value('with a walk without count', { reads: [{ ...range, op: 'walk' }] }),
    value('with a walk with a step', { reads: [{ ...walk, step: 3 }] }),
    value('with a walk of no piece', { reads: [{ ...walk, count: 0 }] }),
    value('with a stride without step', { reads: [{ ...walk, op: 'stride' }] }),
    value('with a stride that stands still', { reads: [{ ...stride, step: 0 }] }),
    value('with a stride backwards', { reads: [{ ...stride, step: -1 }] }),
    value('with a stride of no piece', { reads: [{ ...stride, count: 0 }] }),
    read('with a length of zero', { length: 0 }),
    read('with a length below zero', { length: -512 }),
    read('with half a byte', { length: 0.5 }),
    read('with a length of 10^300', { length: 1e300 }),
    read('with a length that is null', { length: null }),
    read('with a segment below zero', { segment: -1 }),
    read('with a segment by name', { segment: 'a' }),
    read('with a place', { offset: 0 }),
    value('with live a list', { live: [] }),
    value('with live without run', { live: { show: [] } }),
    value('with run that is text', { live: { show: [], run: 'refusal.1' } }),
    value('with an exercise twice', { live: { show: [], run: ['refusal.1', 'refusal.1'] } }),
    value('with a function twice', { live: { show: ['f', 'f'], run: [] } }),
    value('with a probe twice', { probes: ['os.debugger', 'os.debugger'] }),
    value('with a probe out of form', { probes: ['/etc/passwd'] }),
    value('with a probe of no character', { probes: [''] }),
    value('with a probe of 256 characters', { probes: ['p'.repeat(256)] }),
    value('with a probe that is a number', { probes: [1] }),
    value('with a probe in a list', { probes: [['os.debugger']] }),
    value('with probes that are an object', { probes: { 0: 'os.debugger' } }),
    // An ABI and a second image
    edit('with an ABI in capitals', reads, '"abi":"ARM64","reads":['),
    edit('with no ABI', reads, '"abi":"","reads":['),
    edit('with an ABI of 33 characters', reads, `"abi":"${'a'.repeat(33)}","reads":[`),
    edit('with an ABI with a point', reads, '"abi":"arm64.v8a","reads":['),
    edit('with an ABI with a digit of another alphabet', reads, '"abi":"arm\u0664","reads":['),
    edit('with an ABI twice', reads, '"abi":"x86","abi":"x86","reads":['),
    edit('with an ABI that is null', reads, '"abi":null,"reads":['),
    edit('with an ABI after the reads', live, '"abi":"x86","live":'),
    value('with an ABI at the end', { abi: 'x86' }),
    edit('with a second image before the first', reads, `${second},"reads":[`),
    value('with a second image at the end', { text: { reads: [range] } }),
    edit('with a second image twice', live, `${second},${second},"live":`),
    edit('with a second image that is null', live, '"text":null,"live":'),
    edit('with a second image of which nothing is read', live, '"text":{"reads":[]},"live":'),
    edit('with a second image without reads', live, '"text":{},"live":'),
    edit('with a second image that is a list', live, `"text":[${JSON.stringify(range)}],"live":`),
    edit('with a second image with probes', live, `${second.slice(0, -1)},"probes":[]},"live":`),
    edit('with a second image with a seed', live, `${second.slice(0, -1)},"seed":"${plan.seed}"},"live":`),
    edit('with a second image with a third', live, `${second.slice(0, -1)},${second}},"live":`),
    // No JSON
    malformed('of nothing', ''),
    malformed('that is cut', text.slice(0, -1)),
    malformed('that is cut in the middle', text.slice(0, text.length / 2)),
    malformed('with text after it', `${text}x`),
    malformed('twice', text + text),
    malformed('in a list', `[${text}]`),
    malformed('that is null', 'null'),
    malformed('that is text', JSON.stringify(text)),
    malformed('nested deeply', '['.repeat(5000)),
    malformed('with a zero byte after it', `${text}\0`),
    malformed('in UTF-16', new Uint8Array(Buffer.from(text, 'utf16le'))),
    malformed(
      'with a byte that is no UTF-8',
      Buffer.concat([Buffer.from(text.slice(0, 20)), Buffer.of(0xff), Buffer.from(text.slice(20))]),
    ),
    malformed(
      'with a byte of Latin-1 in a name',
      Buffer.from(text.replace('com.example', 'c\u00f6m.example'), 'latin1'),
    ),
  ]
}
