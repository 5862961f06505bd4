import { drawUpPlan, type Plan } from '@assay/measurement'
import { refuse, type Case, type Family } from '../case/case.ts'
import { inserted } from './plans-bounds.ts'
import { base64url, noise } from '../material/bytes.ts'
import { challengeOf, epoch } from '../material/challenge.ts'
import { imageOf, noisy, type SegmentInput } from '../material/image.ts'
import { planOfAll } from '../material/plan.ts'
import { app, folded, given, plain, planWith, reading, type Folding } from './folding.ts'
import { exerciseCases, shownCases, startCases } from './live-folds.ts'

function readCases(): Promise<Case>[] {
  const short = [
    noisy('a', 0),
    noisy('b', 1),
    noisy('c', 5),
    noisy('d', 511),
    noisy('e', 512),
    noisy('f', 513),
  ]
  return [
    folded('a plan of every operation', {}),
    folded('one range', reading({ op: 'range', segment: 0, length: 16 })),
    folded('one stride', reading({ op: 'stride', segment: 1, length: 16, count: 3, step: 7 })),
    folded('one walk', reading({ op: 'walk', segment: 2, length: 16, count: 3 })),
    folded('a stride of 64 pieces', reading({ op: 'stride', segment: 1, length: 100, count: 64, step: 997 })),
    folded('a walk of 64 pieces', reading({ op: 'walk', segment: 1, length: 100, count: 64 })),
    folded(
      'a stride round the end of its segment',
      reading({ op: 'stride', segment: 2, length: 100, count: 9, step: 99 }),
    ),
    folded(
      'a stride round the end with a step longer than the segment',
      reading({ op: 'stride', segment: 2, length: 100, count: 9, step: 100_003 }),
    ),
    folded(
      'a stride of the farthest step',
      reading({ op: 'stride', segment: 0, length: 64, count: 64, step: 0x7fffffff }),
    ),
    folded(
      'a stride whose step is the number of places',
      reading({ op: 'stride', segment: 2, length: 100, count: 3, step: 201 }),
    ),
    folded('a range of the whole segment', reading({ op: 'range', segment: 2, length: 300 })),
    folded('a range of all but a byte', reading({ op: 'range', segment: 2, length: 299 })),
    folded('a range longer than its segment', reading({ op: 'range', segment: 2, length: 4096 })),
    folded('a walk longer than its segment', reading({ op: 'walk', segment: 2, length: 4096, count: 5 })),
    folded(
      'a stride longer than its segment',
      reading({ op: 'stride', segment: 2, length: 4096, count: 5, step: 3 }),
    ),
    ...short.map((_, segment) =>
      folded(`pieces of 512 bytes of segments of 0, 1, 5, 511, 512, 513 bytes: ${segment}`, {
        ...reading(
          { op: 'range', segment, length: 512 },
          { op: 'walk', segment, length: 512, count: 2 },
          { op: 'stride', segment, length: 512, count: 2, step: 1 },
        ),
        segments: short,
      }),
    ),
    folded(
      '64 reads, whose order the chain decides',
      reading(
        ...Array.from({ length: 64 }, (_, i) => ({ op: 'range', segment: i % 4, length: 1 + i }) as const),
      ),
    ),
    folded(
      'the same read 64 times',
      reading(...Array.from({ length: 64 }, () => ({ op: 'range', segment: 3, length: 33 }) as const)),
    ),
    folded('131072 bytes', reading({ op: 'walk', segment: 1, length: 2048, count: 64 })),
  ]
}

function planCases(): Promise<Case>[] {
  const drawn = (id: string, label: string, segments: readonly SegmentInput[]) =>
    folded(id, {
      plan: drawUpPlan({
        app: 'com.example.app',
        build: '1.0+1',
        epoch,
        seed: noise(label, 32),
        coverage: 'image',
        segments: imageOf(segments).segments,
        probes: ['os.debugger', 'os.emulator'],
        live: { show: [], run: ['refusal.1'] },
      }),
      segments,
    })
  return [
    drawn('a plan as the service draws it up', 'drawn 1', app),
    drawn('a plan of the next epoch', 'drawn 2', app),
    drawn('a plan for one small segment', 'drawn 3', [noisy('a', 3)]),
    drawn('a plan for names beyond 16 bits and decomposed', 'drawn 4', [
      noisy('\u{1f600}.js', 3000, 'script'),
      noisy('\uff5e.js', 40, 'script'),
      noisy('e\u0301.js', 700, 'script'),
      noisy('\u00e9.js', 900, 'script'),
    ]),
    drawn(
      'a plan for 40 segments',
      'drawn 5',
      Array.from({ length: 40 }, (_, i) => noisy(`lib/x86/${i}.so`, 50 * i, 'native')),
    ),
    folded('scripts only', {
      plan: planWith({ coverage: 'scripts', reads: [{ op: 'walk', segment: 0, length: 99, count: 3 }] }),
    }),
    folded('another seed', { plan: planWith({ seed: base64url(noise('other seed', 32)) }) }),
    folded('another challenge', { challenge: challengeOf('other') }),
    folded('a challenge for an attested key', { challenge: challengeOf('one key', { purpose: 2 }) }),
    folded('epoch 0', { plan: planWith({ epoch: 0 }), challenge: challengeOf('epoch 0', { epoch: 0 }) }),
    folded('the last epoch', {
      plan: planWith({ epoch: 0xffffffff }),
      challenge: challengeOf('last', { epoch: 0xffffffff }),
    }),
    folded('segments given in another order', { segments: [...app].reverse() }),
    folded('one bit of one segment flipped', {
      segments: [...app.slice(0, 3), flipped(app[3] as SegmentInput)],
    }),
    folded('more tags than fit into client data', {
      segments: Array.from({ length: 70 }, (_, i) =>
        noisy(`${i}`.padStart(2, '0') + '\u2028'.repeat(130), 4),
      ),
    }),
    folded('names that take escapes in client data', {
      segments: Array.from({ length: 70 }, (_, i) =>
        noisy(`${i}`.padStart(2, '0') + '"\\\u0001'.repeat(50), 4),
      ),
    }),
  ]
}

function flipped(segment: SegmentInput): SegmentInput {
  const bytes = noise('assets/index.android.bundle', 4096)
  bytes[4000] = (bytes[4000] as number) ^ 1
  return { name: segment.name, kind: segment.kind, bytes: base64url(bytes) }
}

function answerCases(): Promise<Case>[] {
  const answered = (id: string, answers: Folding['probes']) =>
    folded(id, { plan: planWith({ probes: answers.map(([name]) => name) }), probes: answers })
  return [
    answered('no probes', []),
    answered('true and false', [
      ['a', true],
      ['b', false],
    ]),
    answered('whole numbers', [
      ['a', 0],
      ['b', -1],
      ['c', Number.MAX_SAFE_INTEGER],
      ['d', Number.MIN_SAFE_INTEGER],
    ]),
    answered('texts', [
      ['a', ''],
      ['b', '\u0000\u001f"\\/'],
      ['c', '\u{1f600}\u2028\u2029\u007f\u00e9e\u0301'],
      ['d', 'x'.repeat(256)],
    ]),
    answered('faults of probes', [
      ['a', '!threw'],
      ['b', '!invalid'],
      ['c', '!late'],
    ]),
    answered('the order of the plan', [
      ['z', 1],
      ['a', 2],
      ['m', 3],
    ]),
  ]
}

/** The second image: text sections as they are in memory, folded by the same plan, seed and challenge. */
function textCases(): Promise<Case>[] {
  const sections = [
    noisy('App.__TEXT.__text', 9_000, 'native'),
    noisy('App.__TEXT.__cstring', 700, 'native'),
    noisy('Lib.framework/Lib.__TEXT.__const', 33, 'native'),
  ]
  const second = (reads: Plan['reads']) => Buffer.from(JSON.stringify(inserted(planOfAll, 'text', { reads })))
  const read = { op: 'walk', segment: 2, length: 512, count: 3 } as const
  const both = { plan: second([read, ...planOfAll.reads]) }
  return [
    folded('the second image', { op: 'text', ...both, segments: sections, probes: [] }),
    folded('the second image: one range', {
      op: 'text',
      plan: second([{ op: 'range', segment: 1, length: 64 }]),
      segments: sections,
      probes: [],
    }),
    folded('the second image: scripts are no other coverage', {
      op: 'text',
      plan: Buffer.from(
        JSON.stringify({ ...(JSON.parse(second([read]).toString()) as Plan), coverage: 'scripts' }),
      ),
      segments: sections,
      probes: [],
    }),
    folded('the first image of a plan that has two', both),
    folded('a plan for an ABI', {
      plan: Buffer.from(JSON.stringify(inserted(planOfAll, 'abi', 'arm64-v8a'))),
    }),
  ]
}

/** An app whose modules a device need not have: only segments of the plan's modules are covered. */
function moduleCases(): Promise<Case>[] {
  const segments = [
    noisy('base/classes.dex', 3_000),
    noisy('base/lib/arm64-v8a/libapp.so', 900, 'native'),
    noisy('feature/classes.dex', 500),
    noisy('extra/classes.dex', 700),
    noisy('base2/classes.dex', 60),
  ]
  const plan = inserted(planOfAll, 'abi', 'arm64-v8a')
  const of = (modules: readonly string[]) => ({
    plan: Buffer.from(JSON.stringify(inserted(plan, 'modules', modules))),
    segments,
  })
  return [
    folded('the modules of the plan', of(['base', 'feature'])),
    folded('all modules, named', of(['base', 'feature', 'extra', 'base2'])),
  ].map(async (one): Promise<Case> => ({ ...(await one), needs: 'modules' }))
}

function refusals(): Case[] {
  const other = (of: number) => ({ ...plain, challenge: challengeOf('fold', { epoch: of }) })
  return [
    refuse('the challenge of the epoch before', given(other(epoch - 1)), 'PLAN_EPOCH'),
    refuse('the challenge of the epoch after', given(other(epoch + 1)), 'PLAN_EPOCH'),
    refuse('the challenge of an epoch far away', given(other(0)), 'PLAN_EPOCH'),
    refuse('an image of nothing', given({ ...plain, segments: [] }), 'IMAGE_EMPTY'),
    refuse(
      'an image of two segments of one name',
      given({ ...plain, segments: [...app, noisy('classes.dex', 1)] }),
      'IMAGE_SEGMENTS',
    ),
    refuse('a plan that is none', given({ ...plain, plan: Buffer.from('{}') }), 'PLAN_MALFORMED'),
    refuse('a plan of another version', given({ ...plain, plan: Buffer.from('{"v":2}') }), 'PLAN_VERSION'),
    refuse(
      'a plan that reads a segment that is not there',
      given({ ...plain, segments: app.slice(0, 2) }),
      'PLAN_SEGMENT',
    ),
  ]
}

export const folds: Family = {
  name: 'folds',
  about: 'What carrying out a plan gives: E, the response and the tags, over images that anybody can make.',
  floor: { accepted: 80, refused: 8 },
  cases: [
    ...(await Promise.all([
      ...readCases(),
      ...planCases(),
      ...answerCases(),
      ...shownCases(),
      ...textCases(),
      ...moduleCases(),
    ])),
    ...(await exerciseCases()),
    ...startCases(),
    ...refusals(),
  ],
}
