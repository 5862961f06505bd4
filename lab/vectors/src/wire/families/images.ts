import { coveredSegments, digestImage, shapeOf, type Segment } from '@assay/measurement'
import { nodeCrypto } from '@assay/measurement/node-crypto'
import { labels, lengthPrefixed, uint64, type Coverage, type SegmentKind } from '@assay/protocol'
import { accept, refuse, type Case, type Family } from '../case/case.ts'
import { base64url, hex, noise } from '../material/bytes.ts'
import { imageOf, noisy, type SegmentInput } from '../material/image.ts'

const seed = noise('image seed', 32)

/** Names whose order differs by bytes, by UTF-16 units, by letters or after normalisation. */
const names: readonly [string, readonly string[]][] = [
  ['in the order of bytes', ['b', 'a', 'B', 'A', '_', '-', '.', '0', '~', ' ']],
  ['of which one starts the other', ['classes2.dex', 'classes.dex', 'classes', 'classes10.dex']],
  ['beyond and below the surrogates', ['\u{1f600}.js', '\uff5e.js', '\ue000.js', '\ud7ff.js']],
  [
    'composed and decomposed',
    ['\u00e9.js', 'e\u0301.js', 'e.js', 'f.js', '\u1e9b\u0323', '\u1e9b\u0323\u0323'],
  ],
  ['that differ in what is not seen', ['a\u200b', 'a', 'a\u00ad', '\ufeffa']],
  ['with a zero character', ['a\0', 'a', 'a\0b', 'a!']],
  ['that compatibility folding makes one', ['\ufb01', 'fi', '\u2126', '\u03a9', '\u212b', '\u00c5']],
  ['with slashes', ['a/b', 'a.b', 'a', 'a/', 'a0b']],
  ['that are numbers', ['10', '9', '1', '01', '-1']],
  ['that objects have', ['constructor', '__proto__', 'toString', 'hasOwnProperty']],
]

async function digested(id: string, segments: readonly SegmentInput[], coverage: Coverage): Promise<Case> {
  const digest = await digestImage(imageOf(segments), coverage, seed, nodeCrypto)
  return accept(id, given(segments, coverage), {
    image: base64url(digest.image),
    segments: digest.segments.map(({ name, digest: own }) => ({ name, digest: base64url(own) })),
  })
}

function given(segments: readonly SegmentInput[], coverage: Coverage): Case['input'] {
  return { op: 'digest', seed: base64url(seed), coverage, segments: segments }
}

const mixed: readonly SegmentInput[] = [
  noisy('lib/a.so', 100, 'native'),
  noisy('assets/b.js', 200, 'script'),
  noisy('assets/a.hbc', 300, 'hermes'),
  noisy('classes.dex', 400, 'dex'),
]

async function digestCases(): Promise<Case[]> {
  const one = (name: string, length: number, kind: SegmentKind = 'dex') => [noisy(name, length, kind)]
  return [
    ...(await Promise.all(
      [0, 1, 55, 56, 63, 64, 65, 4096, 70_001].map((length) =>
        digested(`one segment of ${length} bytes`, one('classes.dex', length), 'image'),
      ),
    )),
    await digested('bytes as they are', [{ name: 'a', kind: 'dex', bytes: base64url('abc') }], 'image'),
    await digested(
      'one and the same content under two names',
      ['a', 'b'].map((name): SegmentInput => ({ name, kind: 'dex', noise: 'same', length: 90 })),
      'image',
    ),
    await digested('an empty segment among others', [noisy('b', 0), noisy('a', 40), noisy('c', 0)], 'image'),
    await digested('of every kind', mixed, 'image'),
    await digested('of every kind: scripts only', mixed, 'scripts'),
    await digested('given in another order', [...mixed].reverse(), 'image'),
    await digested(
      'one split from the other elsewhere',
      [
        { name: 'a', kind: 'dex', bytes: base64url('ab') },
        { name: 'b', kind: 'dex', bytes: base64url('c') },
      ],
      'image',
    ),
    await digested(
      'one split from the other elsewhere again',
      [
        { name: 'a', kind: 'dex', bytes: base64url('a') },
        { name: 'b', kind: 'dex', bytes: base64url('bc') },
      ],
      'image',
    ),
    await digested(
      'a name that continues in the content',
      [{ name: 'ab', kind: 'dex', bytes: base64url('c') }],
      'image',
    ),
    await digested('a name of 1024 bytes', [noisy('n'.repeat(1024), 10)], 'image'),
    ...(await Promise.all(
      names.map(([id, list]) =>
        digested(
          `names ${id}`,
          list.map((name, i): SegmentInput => ({ name, kind: 'script', noise: `${i}`, length: 5 })),
          'image',
        ),
      ),
    )),
    await digested(
      'of 300 segments',
      Array.from({ length: 300 }, (_, i) => noisy(`s${i}`, 1)),
      'image',
    ),
  ]
}

/** What a segment's digest starts with, for lengths that no test has bytes for. */
function headCases(): Case[] {
  const lengths = [
    0,
    1,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 32 + 1,
    2 ** 40,
    Number.MAX_SAFE_INTEGER,
  ]
  return lengths.map((length) => {
    const head = Buffer.concat([labels.segment, seed, lengthPrefixed('\u{1f600}.dex'), uint64(length)])
    return accept(
      `the head of a segment of ${length} bytes`,
      { op: 'head', seed: base64url(seed), name: '\u{1f600}.dex', length },
      hex(head),
    )
  })
}

/** Order and coverage by names, kinds and lengths alone. */
function orderCases(): Case[] {
  const declared = [
    { name: 'b', kind: 'hermes', length: 2 ** 31 },
    { name: '\uff5e', kind: 'dex', length: 0 },
    { name: '\u{1f600}', kind: 'script', length: 2 ** 40 },
    { name: 'a', kind: 'native', length: 5 },
  ] as const
  return (['image', 'scripts'] as const).map((coverage) =>
    accept(
      `covered by ${coverage}, of more than 2^31 bytes`,
      { op: 'order', coverage, segments: declared },
      coveredSegments(declared, coverage).map(({ name }) => name),
    ),
  )
}

/** What an installation says of itself before it has a plan. */
async function shapeCases(): Promise<Case[]> {
  const declared = (...names: string[]) =>
    names.map((name, i): Segment => ({ name, kind: 'dex', length: 7 * i }))
  const splits = declared(
    'base/classes.dex',
    'base/lib/arm64-v8a/a.so',
    'camera/classes.dex',
    'basement/a.dex',
  )
  const given: [string, Segment[], string?][] = [
    ['of an APK', declared('classes.dex', 'lib/arm64-v8a/a.so', 'assets/a.js')],
    ['of an APK, in another order', declared('classes.dex', 'lib/arm64-v8a/a.so', 'assets/a.js').reverse()],
    ['of another length', [{ name: 'classes.dex', kind: 'dex', length: 2 ** 40 }]],
    ['of splits: only the base', splits, 'arm64-v8a'],
    ['of splits, without an ABI', splits],
    ['of splits without a base', declared('camera/classes.dex'), 'arm64-v8a'],
    ['of names beyond and below the surrogates', declared('\u{1f600}.js', '\uff5e.js', '\ue000.js')],
    ['of nothing', []],
    ['of two segments of one name', declared('a', 'a')],
    ['of 4,096 segments', declared(...Array.from({ length: 4_096 }, (_, i) => `s${i}`))],
    ['of 4,097 segments', declared(...Array.from({ length: 4_097 }, (_, i) => `s${i}`))],
  ]
  return Promise.all(
    given.map(async ([id, segments, abi]): Promise<Case> => {
      const input = { op: 'shape', segments: segments.map((segment) => ({ ...segment })) }
      const shape = (await shapeOf(segments, abi, nodeCrypto)) ?? null
      const one = accept(`the shape ${id}`, { ...input, ...(abi !== undefined && { abi }) }, shape)
      return abi === undefined ? one : { ...one, needs: 'abi' }
    }),
  )
}

function refusals(): Case[] {
  const twice = [noisy('a', 1), { name: 'a', kind: 'native', noise: 'x', length: 2 }] as const
  return [
    refuse('of no segment', given([], 'image'), 'IMAGE_EMPTY'),
    refuse('of no segment: scripts', given([], 'scripts'), 'IMAGE_EMPTY'),
    refuse(
      'of no script',
      given([noisy('classes.dex', 9), noisy('lib/a.so', 9, 'native')], 'scripts'),
      'IMAGE_EMPTY',
    ),
    refuse('of two segments of one name', given(twice, 'image'), 'IMAGE_SEGMENTS'),
    refuse(
      'of two segments of one name beyond 16 bits',
      given([noisy('\u{1f600}', 1), noisy('\u{1f600}', 1)], 'image'),
      'IMAGE_SEGMENTS',
    ),
    refuse(
      'of two scripts of one name',
      given([noisy('a', 1, 'script'), noisy('a', 1, 'hermes')], 'scripts'),
      'IMAGE_SEGMENTS',
    ),
    refuse('of two equal segments', given([noisy('a', 0), noisy('a', 0)], 'image'), 'IMAGE_SEGMENTS'),
  ]
}

export const images: Family = {
  name: 'images',
  about:
    'The whole-code digest: D of each covered segment, in the order of the bytes of their names, and E; and the shape.',
  floor: { accepted: 50, refused: 7 },
  cases: [...(await digestCases()), ...headCases(), ...orderCases(), ...(await shapeCases()), ...refusals()],
}
