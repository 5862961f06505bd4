import { expect, it } from 'vitest'
import { createReferenceNotes, createReferenceOf } from '../../src/attestation/references.ts'

const day = 86_400_000

it('is a digest by app and key of the service, which does not contain what was said', () => {
  const of = createReferenceOf(Buffer.alloc(32, 1))
  const digest = of('app', 'user@example.com')
  expect(digest).toHaveLength(15)
  expect(of('app', 'user@example.com')).toEqual(digest)
  for (const other of [
    of('app2', 'user@example.com'),
    of('ap', 'puser@example.com'),
    of('app', 'User@example.com'),
    createReferenceOf(Buffer.alloc(32, 2))('app', 'user@example.com'),
  ])
    expect(other).not.toEqual(digest)
})

function notes() {
  const state = { now: 0, isBroken: false, written: [] as string[][] }
  const made = createReferenceNotes({
    write: async (references) => {
      if (state.isBroken) throw new Error('away')
      state.written.push(
        references.map(({ key, reference }) => `${key} ${Buffer.from(reference).toString()}`),
      )
    },
    clock: () => state.now,
  })
  return { state, ...made }
}

it('is written once a day, and when it changes', async () => {
  const { state, note, flush } = notes()
  const say = (reference: string) => note('app', 'key', Buffer.from(reference))
  say('a')
  say('a')
  await flush()
  say('a')
  await flush()
  say('b')
  await flush()
  state.now += day
  say('b')
  await flush()
  expect(state.written).toEqual([['key a'], ['key b'], ['key b']])
})

it('is written again after a fault, and after it was forgotten', async () => {
  const { state, note, flush, forget } = notes()
  const say = () => note('app', 'key', Buffer.from('a'))
  say()
  state.isBroken = true
  await expect(flush()).rejects.toThrow('away')
  state.isBroken = false
  say()
  await flush()
  say()
  forget('app', 'key')
  await flush()
  say()
  forget('app', 'key')
  await flush()
  say()
  await flush()
  expect(state.written).toEqual([['key a'], ['key a']])
})
