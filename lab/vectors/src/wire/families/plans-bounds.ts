import type { Plan } from '@assay/measurement'
import type { Json } from '../case/case.ts'

export interface BoundedPlan {
  readonly id: string
  readonly value: object
  readonly changes?: { readonly [name: string]: Json }
  /** What a plan beyond the bound is refused with. */
  readonly code?: string
}

const names = (count: number, prefix = 'p') => Array.from({ length: count }, (_, i) => `${prefix}${i}`)

/** Each bound, and the first value beyond it. */
export function plansAtBounds(plan: Plan): BoundedPlan[] {
  const range = { op: 'range', segment: 0, length: 512 }
  const walk = { op: 'walk', segment: 0, length: 2048, count: 64 }
  const stride = { op: 'stride', segment: 0, length: 2048, count: 64, step: 1 }
  const reads = (...list: object[]) => ({ ...plan, reads: list })
  const many = (count: number) => reads(...Array.from({ length: count }, () => range))
  const second = (list: object[]) => inserted(plan, 'text', { reads: list })
  const beyond = (id: string, value: object): BoundedPlan => ({ id, value, code: 'PLAN_BUDGET' })
  return [
    { id: 'of 64 reads', value: many(64) },
    beyond('of 65 reads', many(65)),
    { id: 'of a piece of 4096 bytes', value: reads({ ...range, length: 4096 }) },
    beyond('of a piece of 4097 bytes', reads({ ...range, length: 4097 })),
    beyond('of a piece of 2^32 bytes', reads({ ...range, length: 2 ** 32 })),
    beyond('of a piece of 2^64 bytes', reads({ ...range, length: 2 ** 64 })),
    beyond('of a piece of 10^20 bytes', reads({ ...range, length: 1e20 })),
    { id: 'of a walk of 64 pieces that fold 131072 bytes', value: reads(walk) },
    { id: 'of a stride of 64 pieces that fold 131072 bytes', value: reads(stride) },
    beyond('of a walk of 65 pieces', reads({ ...walk, length: 1, count: 65 })),
    beyond('of a stride of 65 pieces', reads({ ...stride, length: 1, count: 65 })),
    beyond('of a walk of 2^53 pieces', reads({ ...walk, length: 1, count: 2 ** 53 })),
    beyond('of a walk that folds a byte too many', reads(walk, { ...range, length: 1 })),
    beyond(
      'of 33 reads of 4096 bytes',
      reads(...Array.from({ length: 33 }, () => ({ ...range, length: 4096 }))),
    ),
    beyond(
      'of lengths and counts whose product has more than 32 bits',
      reads({ ...walk, length: 4_294_967_295, count: 4_294_967_295 }),
    ),
    { id: 'of the farthest step', value: reads({ ...stride, length: 1, step: 0x7fffffff }) },
    beyond('of a step too far', reads({ ...stride, length: 1, step: 0x80000000 })),
    beyond('of a step of 2^32 + 1', reads({ ...stride, length: 1, step: 2 ** 32 + 1 })),
    beyond('of segment 4096', reads({ ...range, segment: 4096 })),
    beyond('of segment 2^32', reads({ ...range, segment: 2 ** 32 })),
    beyond('of epoch 2^32', { ...plan, epoch: 2 ** 32 }),
    beyond('of epoch 2^53', { ...plan, epoch: 2 ** 53 }),
    { id: 'of 64 probes', value: { ...plan, probes: names(64) }, changes: { probes: names(64) } },
    beyond('of 65 probes', { ...plan, probes: names(65) }),
    {
      id: 'of 64 exercises',
      value: { ...plan, live: { show: [], run: names(64) } },
      changes: { exercises: names(64) },
    },
    beyond('of 65 exercises', { ...plan, live: { show: [], run: names(65) } }),
    beyond('of 65 functions', { ...plan, live: { show: names(65), run: [] } }),
    {
      id: 'of names of 255 characters',
      value: { ...plan, app: 'a'.repeat(255), build: 'b'.repeat(255), probes: ['p'.repeat(255)] },
      changes: { app: 'a'.repeat(255), build: 'b'.repeat(255), probes: ['p'.repeat(255)] },
    },
    {
      id: 'of 16384 bytes',
      value: ofLength(plan, 16_384),
      changes: { probes: ofLength(plan, 16_384).probes },
    },
    { id: 'of 16385 bytes', value: ofLength(plan, 16_385), code: 'PLAN_TOO_LARGE' },
    {
      id: 'of an ABI of 32 characters',
      value: inserted(plan, 'abi', 'a'.repeat(32)),
      changes: { abi: 'a'.repeat(32) },
    },
    {
      id: 'of every letter that an ABI may have',
      value: inserted(plan, 'abi', 'abz019_-'),
      changes: { abi: 'abz019_-' },
    },
    {
      id: 'of two images of which 131072 bytes each are folded',
      value: inserted(reads(walk), 'text', { reads: [stride] }),
    },
    {
      id: 'of two images of which 64 reads each are made',
      value: inserted(many(64), 'text', { reads: Array.from({ length: 64 }, () => range) }),
    },
    beyond('of 65 reads of the second image', second(Array.from({ length: 65 }, () => range))),
    beyond('of a piece of 4097 bytes of the second image', second([{ ...range, length: 4097 }])),
    beyond('of a walk of 65 pieces of the second image', second([{ ...walk, length: 1, count: 65 }])),
    beyond('of a step too far in the second image', second([{ ...stride, length: 1, step: 0x80000000 }])),
    beyond('of segment 4096 of the second image', second([{ ...range, segment: 4096 }])),
    beyond('of a byte too many of the second image', second([walk, { ...range, length: 1 }])),
    {
      id: 'of every letter that names may have',
      value: {
        ...plan,
        probes: ['abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '0123456789', '._-+'],
      },
      changes: { probes: ['abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '0123456789', '._-+'] },
    },
  ]
}

/** A plan with a member in its place: an ABI after the coverage, modules after it, a second image after the reads. */
export function inserted(plan: object, name: 'abi' | 'modules' | 'text', value: unknown): object {
  const members = Object.entries(plan)
  members.splice(
    members.findIndex(([other]) => other === (name === 'text' ? 'live' : 'reads')),
    0,
    [name, value],
  )
  return Object.fromEntries(members)
}

/** A plan of exactly so many bytes, by its probes. */
function ofLength(plan: Plan, length: number): Plan {
  const probes = names(62, 'long').map((name) => name.padEnd(255, '.'))
  const rest = length - JSON.stringify({ ...plan, probes }).length - 3
  if (rest < 1) throw new Error('the plan is too long already')
  return { ...plan, probes: [...probes, 'x'.repeat(rest)] }
}
