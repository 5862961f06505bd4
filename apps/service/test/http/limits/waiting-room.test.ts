import { expect, it } from 'vitest'
import { createWaitingRoom, type Step, type Waiting } from '../../../src/http/limits/waiting-room.ts'

const plenty = { requests: 1_000, bytes: 1e9 }

/** Requests by name: network, step and number; what becomes of them is written down. */
function requests() {
  const refused: string[] = []
  const gone = new Set<string>()
  let since = 0
  const request = (network: string, step: Step = 'challenge', bytes = 1): Waiting & { name: string } => {
    const name = `${network}${step === 'attestation' ? '!' : ''}`
    return {
      name,
      network,
      step,
      bytes,
      since: since++,
      isGone: () => gone.has(network),
      letIn: () => undefined,
      refuse: () => void refused.push(name),
    }
  }
  return { request, refused, gone }
}

const named = (waiting: Waiting | undefined) => (waiting as { name?: string } | undefined)?.name

it('gives networks turns, however many requests one has', () => {
  const { request } = requests()
  const room = createWaitingRoom(plenty)
  for (let i = 0; i < 100; i++) room.add(request('flood'))
  for (const network of ['a', 'b']) room.add(request(network))
  const first = Array.from({ length: 4 }, () => named(room.next()))
  expect(first.slice(0, 3).sort()).toEqual(['a', 'b', 'flood'])
  expect(first[3]).toBe('flood')
  expect(room.size()).toBe(98)
})

it('takes attestations before challenges, in a network and in a round of networks', () => {
  const { request } = requests()
  const room = createWaitingRoom(plenty)
  for (const each of [request('a'), request('b'), request('b', 'attestation'), request('c')]) room.add(each)
  expect(named(room.next())).toBe('b!')
  expect([named(room.next()), named(room.next())].sort()).toEqual(['a', 'c'])
  expect(named(room.next())).toBe('b')
  expect(room.next()).toBeUndefined()
})

it('a network with attestations alone does not keep the others waiting', () => {
  const { request } = requests()
  const room = createWaitingRoom(plenty)
  for (let i = 0; i < 20; i++) room.add(request('flood', 'attestation'))
  room.add(request('a'))
  expect([named(room.next()), named(room.next())]).toEqual(['flood!', 'a'])
})

it('reserves one turn of eight for the request that has waited longest', () => {
  const { request } = requests()
  const room = createWaitingRoom(plenty)
  for (let i = 0; i < 3; i++) room.add(request('old'))
  for (let i = 0; i < 40; i++) room.add(request(`n${i}`))
  const served = Array.from({ length: 8 }, () => named(room.next()))
  expect(served.filter((name) => name === 'old')).toHaveLength(2)
  expect(served[7]).toBe('old')
})

it('reserves a part of the room for attestations', () => {
  const { request, refused } = requests()
  const room = createWaitingRoom({ requests: 8, bytes: 1e9 })
  for (let i = 0; i < 8; i++) room.add(request(`c${i}`))
  expect(refused).toEqual(['c0', 'c1'])
  for (let i = 0; i < 2; i++) room.add(request(`a${i}`, 'attestation'))
  expect(refused).toHaveLength(2)
  expect(room.size()).toBe(8)
})

it('refuses the oldest challenge, and no attestation, where only the part for challenges is full', () => {
  const { request, refused } = requests()
  const room = createWaitingRoom({ requests: 8, bytes: 1e9 })
  room.add(request('flood', 'attestation'))
  for (const network of ['a', 'flood', 'b', 'flood', 'c', 'flood']) room.add(request(network))
  room.add(request('flood'))
  room.add(request('d'))
  expect(refused).toEqual(['flood', 'a'])
  expect(room.size()).toBe(7)
  expect(named(room.next())).toBe('flood!')
})

it('counts among the requests of a network only those that still wait', () => {
  const { request, refused } = requests()
  const room = createWaitingRoom({ requests: 8, bytes: 1e9 })
  for (let i = 0; i < 4; i++) room.add(request('a'))
  for (const network of ['b', 'a']) room.add(request(network, 'attestation'))
  room.refuseBefore(4)
  for (const network of ['c', 'd', 'e', 'f', 'g', 'h']) room.add(request(network, 'attestation'))
  refused.length = 0
  room.add(request('a', 'attestation'))
  expect(refused).toEqual(['b!'])
})

it('refuses the oldest of a network that has more than its share, and not those of others', () => {
  const { request, refused } = requests()
  const room = createWaitingRoom({ requests: 8, bytes: 1e9 })
  room.add(request('a', 'attestation'))
  for (let i = 0; i < 10; i++) room.add(request('flood', 'attestation'))
  expect(refused).toEqual(['flood!', 'flood!', 'flood!'])
})

it('bodies that wait have a limit in bytes', () => {
  const { request, refused } = requests()
  const room = createWaitingRoom({ requests: 100, bytes: 10 })
  room.add(request('a', 'attestation', 6))
  room.add(request('b', 'attestation', 6))
  expect(refused).toEqual(['a!'])
  room.add(request('c', 'attestation', 11))
  expect(refused).toContain('c!')
})

it('refuses requests that have waited too long, and skips those whose senders have gone', () => {
  const { request, refused, gone } = requests()
  const room = createWaitingRoom(plenty)
  for (const network of ['a', 'b', 'c']) room.add(request(network))
  room.refuseBefore(1)
  expect(refused).toEqual(['a'])
  gone.add('b')
  expect(named(room.next())).toBe('c')
  expect(room.next()).toBeUndefined()
  expect(room.size()).toBe(0)
})
