import { expect, it } from 'vitest'
import { createFairQueue, type Step, type WaitingRequest } from '../../../src/http/limits/fair-queue.ts'

const plenty = { requests: 1_000, bytes: 1e9 }

/** Requests by name: network, step and number; what becomes of them is written down. */
function requests() {
  const refused: string[] = []
  const gone = new Set<string>()
  let since = 0
  const request = (
    network: string,
    step: Step = 'challenge',
    bytes = 1,
  ): WaitingRequest & { name: string } => {
    const name = `${network}${step === 'attestation' ? '!' : ''}`
    return {
      name,
      network,
      step,
      bytes,
      since: since++,
      isGone: () => gone.has(network),
      takeIn: () => undefined,
      refuse: () => void refused.push(name),
    }
  }
  return { request, refused, gone }
}

const named = (waiting: WaitingRequest | undefined) => (waiting as { name?: string } | undefined)?.name

it('serves networks round-robin, however many requests one has', () => {
  const { request } = requests()
  const queue = createFairQueue(plenty)
  for (let i = 0; i < 100; i++) queue.add(request('flood'))
  for (const network of ['a', 'b']) queue.add(request(network))
  const first = Array.from({ length: 4 }, () => named(queue.next()))
  expect(first.slice(0, 3).sort()).toEqual(['a', 'b', 'flood'])
  expect(first[3]).toBe('flood')
  expect(queue.size()).toBe(98)
})

it('takes attestations before challenges, in a network and in a round of networks', () => {
  const { request } = requests()
  const queue = createFairQueue(plenty)
  for (const each of [request('a'), request('b'), request('b', 'attestation'), request('c')]) queue.add(each)
  expect(named(queue.next())).toBe('b!')
  expect([named(queue.next()), named(queue.next())].sort()).toEqual(['a', 'c'])
  expect(named(queue.next())).toBe('b')
  expect(queue.next()).toBeUndefined()
})

it('a network with attestations alone does not keep the others waiting', () => {
  const { request } = requests()
  const queue = createFairQueue(plenty)
  for (let i = 0; i < 20; i++) queue.add(request('flood', 'attestation'))
  queue.add(request('a'))
  expect([named(queue.next()), named(queue.next())]).toEqual(['flood!', 'a'])
})

it('reserves one place of eight for the request that has waited longest', () => {
  const { request } = requests()
  const queue = createFairQueue(plenty)
  for (let i = 0; i < 3; i++) queue.add(request('old'))
  for (let i = 0; i < 40; i++) queue.add(request(`n${i}`))
  const served = Array.from({ length: 8 }, () => named(queue.next()))
  expect(served.filter((name) => name === 'old')).toHaveLength(2)
  expect(served[7]).toBe('old')
})

it('reserves a part of the space for attestations', () => {
  const { request, refused } = requests()
  const queue = createFairQueue({ requests: 8, bytes: 1e9 })
  for (let i = 0; i < 8; i++) queue.add(request(`c${i}`))
  expect(refused).toEqual(['c0', 'c1'])
  for (let i = 0; i < 2; i++) queue.add(request(`a${i}`, 'attestation'))
  expect(refused).toHaveLength(2)
  expect(queue.size()).toBe(8)
})

it('refuses the oldest challenge, and no attestation, where only the part for challenges is full', () => {
  const { request, refused } = requests()
  const queue = createFairQueue({ requests: 8, bytes: 1e9 })
  queue.add(request('flood', 'attestation'))
  for (const network of ['a', 'flood', 'b', 'flood', 'c', 'flood']) queue.add(request(network))
  queue.add(request('flood'))
  queue.add(request('d'))
  expect(refused).toEqual(['flood', 'a'])
  expect(queue.size()).toBe(7)
  expect(named(queue.next())).toBe('flood!')
})

it('counts among the requests of a network only those that still wait', () => {
  const { request, refused } = requests()
  const queue = createFairQueue({ requests: 8, bytes: 1e9 })
  for (let i = 0; i < 4; i++) queue.add(request('a'))
  for (const network of ['b', 'a']) queue.add(request(network, 'attestation'))
  queue.refuseBefore(4)
  for (const network of ['c', 'd', 'e', 'f', 'g', 'h']) queue.add(request(network, 'attestation'))
  refused.length = 0
  queue.add(request('a', 'attestation'))
  expect(refused).toEqual(['b!'])
})

it('refuses the oldest of a network that has more than its share, and not those of others', () => {
  const { request, refused } = requests()
  const queue = createFairQueue({ requests: 8, bytes: 1e9 })
  queue.add(request('a', 'attestation'))
  for (let i = 0; i < 10; i++) queue.add(request('flood', 'attestation'))
  expect(refused).toEqual(['flood!', 'flood!', 'flood!'])
})

it('bodies that wait have a limit in bytes', () => {
  const { request, refused } = requests()
  const queue = createFairQueue({ requests: 100, bytes: 10 })
  queue.add(request('a', 'attestation', 6))
  queue.add(request('b', 'attestation', 6))
  expect(refused).toEqual(['a!'])
  queue.add(request('c', 'attestation', 11))
  expect(refused).toContain('c!')
})

it('refuses requests that have waited too long, and skips those whose senders have gone', () => {
  const { request, refused, gone } = requests()
  const queue = createFairQueue(plenty)
  for (const network of ['a', 'b', 'c']) queue.add(request(network))
  queue.refuseBefore(1)
  expect(refused).toEqual(['a'])
  gone.add('b')
  expect(named(queue.next())).toBe('c')
  expect(queue.next()).toBeUndefined()
  expect(queue.size()).toBe(0)
})
