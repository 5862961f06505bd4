import type { DecodeFor } from '@assay/evidence/play-integrity'
import { expect, test } from 'vitest'
import { callBudget, type TakeCall } from '../../src/vendors/call-budget.ts'

/** The store, without a day. */
function counting(): TakeCall {
  const counts = new Map<string, number>()
  return ({ app, shares }) => {
    const names = shares.map(({ name }) => `${app} ${name}`)
    const isLeft = shares.every(({ limit }, i) => (counts.get(names[i] as string) ?? 0) < limit)
    if (isLeft) for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
    return Promise.resolve(isLeft)
  }
}

const day = { calls: 6, reserve: 3, perNetwork: 2, perKey: { own: 2, shared: 4 } }
const budget = () => callBudget('a-scheme', counting(), () => 0)
const asking = (network: string, key?: string, isShared = false): DecodeFor => ({
  app: 'shop',
  package: 'com.example.shop',
  asker: {
    network,
    vouchingKey: key === undefined ? undefined : { kind: 'k', id: key, isShared },
    isVouchable: true,
  },
  budget: day,
  whenSpent: 'refuse',
})

test('junk ends with its network, and before the reserve', async () => {
  const { take } = budget()
  const taken = []
  for (const network of ['a', 'a', 'a', 'b', 'c']) taken.push(await take(asking(network)))
  expect(taken).toEqual([true, true, false, true, false])
})

test('keys that hardware vouches for go on in the reserve, each as often as one may', async () => {
  const { take } = budget()
  for (const network of ['a', 'b', 'c']) expect(await take(asking(network))).toBe(true)
  expect(await take(asking('d'))).toBe(false)
  const taken = []
  for (const key of ['x', 'x', 'x', 'y', 'z']) taken.push(await take(asking('a', key)))
  expect(taken).toEqual([true, true, false, true, false])
})

test('they take what is open first, so that the reserve is there when junk has spent it', async () => {
  const { take } = budget()
  for (const key of ['x', 'y', 'z']) expect(await take(asking('a', key))).toBe(true)
  expect(await take(asking('b'))).toBe(false)
  for (const key of ['x', 'y', 'z']) expect(await take(asking('a', key))).toBe(true)
  expect(await take(asking('a', 'other'))).toBe(false)
})

test('a key that many devices share has more', async () => {
  const { take } = budget()
  const taken = []
  for (let i = 0; i < 5; i += 1) taken.push(await take(asking('a', 'batch', true)))
  expect(taken).toEqual([true, true, true, true, false])
})
