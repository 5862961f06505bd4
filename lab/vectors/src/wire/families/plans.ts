import { accept, refuse, type Case, type Family, type Json } from '../case/case.ts'
import { base64url } from '../material/bytes.ts'
import { challengeOf, epoch } from '../material/challenge.ts'
import { encodePlan, planOfAll as plan } from '../material/plan.ts'
import { malformedPlans } from './plans-malformed.ts'
import { inserted, plansAtBounds } from './plans-bounds.ts'

/** What the app is, and what its SDK has. */
const app = {
  app: plan.app,
  build: plan.build,
  segments: [
    { name: 'assets/index.android.bundle', kind: 'hermes', length: 9000 },
    { name: 'classes.dex', kind: 'dex', length: 70_000 },
    { name: 'classes2.dex', kind: 'dex', length: 300 },
    { name: 'lib/arm64-v8a/libapp.so', kind: 'native', length: 40_000 },
  ],
  probes: ['os.debugger', 'os.emulator', 'os.hooks'],
  exercises: ['refusal.1'],
  challenge: challengeOf('plans'),
}

/** The input of one case: the plan, for this app unless something else is said. */
function given(text: string | Uint8Array, changes: { readonly [name: string]: Json } = {}): Case['input'] {
  return { plan: base64url(text), ...app, ...changes }
}

function accepted(id: string, value: object, changes: { readonly [name: string]: Json } = {}): Case {
  return accept(id, given(JSON.stringify(value), changes), value as Json)
}

const armPlan = inserted(plan, 'abi', 'arm64-v8a')

function misfits(): Case[] {
  const range = { op: 'range', segment: 0, length: 512 }
  const of = (id: string, value: object, code: string, changes: { readonly [name: string]: Json } = {}) =>
    refuse(id, given(JSON.stringify(value), changes), code)
  return [
    of('for another app', { ...plan, app: 'com.example.app2' }, 'PLAN_BUILD'),
    of('for the app in other letters', { ...plan, app: 'com.example.App' }, 'PLAN_BUILD'),
    of('for another build', { ...plan, build: '1.0+2' }, 'PLAN_BUILD'),
    of('for no build of this app', plan, 'PLAN_BUILD', { build: '1.0' }),
    of('for no ABI, where one was asked for', plan, 'PLAN_BUILD', { abi: 'arm64-v8a' }),
    of('for an ABI, where none was asked for', armPlan, 'PLAN_BUILD'),
    of('for another ABI', armPlan, 'PLAN_BUILD', { abi: 'armeabi-v7a' }),
    of('reads one segment too far', { ...plan, reads: [{ ...range, segment: 4 }] }, 'PLAN_SEGMENT'),
    of('reads far too far', { ...plan, reads: [range, { ...range, segment: 4095 }] }, 'PLAN_SEGMENT'),
    of(
      'reads beyond the scripts',
      { ...plan, coverage: 'scripts', reads: [{ ...range, segment: 1 }] },
      'PLAN_SEGMENT',
    ),
    of('for scripts of an app without', one('scripts'), 'IMAGE_EMPTY', { segments: app.segments.slice(1) }),
    of('for an app of nothing', plan, 'IMAGE_EMPTY', { segments: [] }),
    of('for an app of two segments of one name', plan, 'IMAGE_SEGMENTS', {
      segments: [...app.segments, { name: 'classes.dex', kind: 'dex', length: 1 }],
    }),
    of('asks a probe that is not declared', { ...plan, probes: ['os.other'] }, 'PLAN_PROBE'),
    of('asks a probe in other letters', { ...plan, probes: ['OS.debugger'] }, 'PLAN_PROBE'),
    of('asks the last of many probes', plan, 'PLAN_PROBE', { probes: ['os.debugger'] }),
    of('asks what every object has', { ...plan, probes: ['toString'] }, 'PLAN_PROBE'),
    of('asks to run what is not there', { ...plan, live: { show: [], run: ['other.1'] } }, 'PLAN_FUNCTION'),
    of('asks to run the next version', { ...plan, live: { show: [], run: ['refusal.2'] } }, 'PLAN_FUNCTION'),
    of(
      'asks to show a function that is not there',
      { ...plan, live: { show: ['f'], run: [] } },
      'PLAN_FUNCTION',
    ),
    of('of the epoch before', plan, 'PLAN_EPOCH', { challenge: challengeOf('plans', { epoch: epoch - 1 }) }),
    of('of the epoch after', plan, 'PLAN_EPOCH', { challenge: challengeOf('plans', { epoch: epoch + 1 }) }),
    of('of epoch 0 with a challenge of now', { ...plan, epoch: 0 }, 'PLAN_EPOCH'),
    of('of an epoch that differs in the first byte', plan, 'PLAN_EPOCH', {
      challenge: challengeOf('plans', { epoch: epoch + 0x80000000 }),
    }),
  ]
}

function one(coverage: string): object {
  return { ...plan, coverage, reads: [{ op: 'range', segment: 0, length: 1 }] }
}

/** What is looked at first, where a plan has two faults. */
function precedence(): Case[] {
  const long = JSON.stringify(plan) + ' '.repeat(16_384)
  return [
    refuse('too large and of another version', given(long.replace('"v":1', '"v":2')), 'PLAN_TOO_LARGE'),
    refuse('of another version and malformed', given('{"v":2,}'), 'PLAN_VERSION'),
    refuse(
      'malformed and beyond a bound',
      given(JSON.stringify({ ...plan, epoch: 2 ** 32, x: 1 })),
      'PLAN_MALFORMED',
    ),
    refuse(
      'beyond a bound and for another app',
      given(JSON.stringify({ ...plan, app: 'other', epoch: 2 ** 32 })),
      'PLAN_BUDGET',
    ),
    refuse(
      'for another app and with a probe that is not declared',
      given(JSON.stringify({ ...plan, app: 'other', probes: ['x'] })),
      'PLAN_BUILD',
    ),
    refuse(
      'beyond the segments and with a probe that is not declared',
      given(JSON.stringify({ ...plan, probes: ['x'], reads: [{ op: 'range', segment: 9, length: 1 }] })),
      'PLAN_SEGMENT',
    ),
    refuse(
      'a probe and an exercise that are not declared',
      given(JSON.stringify({ ...plan, probes: ['x'], live: { show: [], run: ['x'] } })),
      'PLAN_PROBE',
    ),
  ]
}

function fitting(): Case[] {
  const only = { op: 'range', segment: 0, length: 1 }
  return [
    accepted('for an ABI', armPlan, { abi: 'arm64-v8a' }),
    accepted(
      'of a second image',
      inserted(plan, 'text', { reads: [{ op: 'range', segment: 4095, length: 1 }] }),
    ),
    accepted('for an ABI and of a second image', inserted(armPlan, 'text', { reads: plan.reads }), {
      abi: 'arm64-v8a',
    }),
    accepted('of every operation', plan),
    accepted('of scripts', { ...plan, coverage: 'scripts', reads: [only] }),
    accepted('that asks nothing', { ...plan, live: { show: [], run: [] }, probes: [] }),
    accepted('that asks every probe', { ...plan, probes: app.probes }),
    accepted('that reads the last segment', { ...plan, reads: [{ op: 'range', segment: 3, length: 4096 }] }),
    accepted('that reads more than a segment has', {
      ...plan,
      reads: [{ op: 'walk', segment: 2, length: 4096, count: 2 }],
    }),
    accepted('of epoch 0', { ...plan, epoch: 0 }, { challenge: challengeOf('plans', { epoch: 0 }) }),
    accepted(
      'of the last epoch',
      { ...plan, epoch: 0xffffffff },
      { challenge: challengeOf('plans', { epoch: 0xffffffff }) },
    ),
    accepted('of an app of one character', { ...plan, app: 'a', build: '1' }, { app: 'a', build: '1' }),
  ]
}

/** For an app with modules that a device need not have. */
function moduleCases(): Case[] {
  const of = (modules: unknown) => inserted(armPlan, 'modules', modules)
  const changes = {
    abi: 'arm64-v8a',
    segments: [
      { name: 'base/classes.dex', kind: 'dex', length: 70_000 },
      { name: 'base/lib/arm64-v8a/libapp.so', kind: 'native', length: 40_000 },
      { name: 'feature_2/classes.dex', kind: 'dex', length: 500 },
      { name: 'Map/classes.dex', kind: 'dex', length: 900 },
    ],
  }
  const reads = [{ op: 'range', segment: 2, length: 16 }]
  const inBase = { ...of(['base']), reads }
  const malformed = (id: string, value: object) =>
    refuse(id, given(JSON.stringify(value), changes), 'PLAN_MALFORMED')
  const cases = [
    accepted('of all modules', armPlan, changes),
    accepted('of two modules', of(['base', 'feature_2']), changes),
    accepted('of three modules', of(['base', 'feature_2', 'Map']), changes),
    refuse('that reads a segment of another module', given(JSON.stringify(inBase), changes), 'PLAN_SEGMENT'),
    refuse(
      'of 65 modules',
      given(JSON.stringify(of(['base', ...Array.from({ length: 64 }, (_, i) => `m${i}`)])), changes),
      'PLAN_BUDGET',
    ),
    malformed('of no modules', of([])),
    malformed('of modules without base', of(['feature_2'])),
    malformed('of modules of which base is not the first', of(['feature_2', 'base'])),
    malformed('of a module twice', of(['base', 'Map', 'Map'])),
    malformed('of base twice', of(['base', 'base'])),
    malformed('of a module out of form', of(['base', 'a-b'])),
    malformed('of a module that starts with a digit', of(['base', '2'])),
    malformed('of a module that is a number', of(['base', 2])),
    malformed('of a module with a letter beyond ASCII', of(['base', 'm\u00e9'])),
    malformed('of modules and no ABI', inserted(plan, 'modules', ['base'])),
    malformed('of modules after the reads', { ...armPlan, modules: ['base'] }),
    malformed('of modules that are text', of('base')),
  ]
  return cases.map((one): Case => ({ ...one, needs: 'modules' }))
}

export const plans: Family = {
  name: 'plans',
  about:
    'What a plan is, and which an SDK refuses before it reads anything. Where a plan has two faults, the one told is: PLAN_TOO_LARGE, PLAN_VERSION, PLAN_MALFORMED or PLAN_BUDGET, PLAN_BUILD, IMAGE_*, PLAN_SEGMENT, PLAN_PROBE, PLAN_FUNCTION, PLAN_EPOCH.',
  floor: { accepted: 25, refused: 200 },
  cases: [
    ...fitting(),
    ...plansAtBounds(plan).map(({ id, value, changes, code }) =>
      code === undefined
        ? accepted(id, value, changes)
        : refuse(id, given(JSON.stringify(value), changes), code),
    ),
    ...misfits(),
    ...moduleCases(),
    ...precedence(),
    ...malformedPlans(plan).map(({ id, text, code }) => refuse(id, given(text), code)),
    refuse('that is no base64url', { ...given(''), plan: `${encodePlan(plan)}=` }, 'MALFORMED'),
    refuse('that is base64 of the other alphabet', { ...given(''), plan: '+/+/' }, 'MALFORMED'),
  ],
}
