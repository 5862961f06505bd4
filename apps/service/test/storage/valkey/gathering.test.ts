import { Writable } from 'node:stream'
import { setImmediate as tick } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createGathering } from '../../../src/storage/valkey/gathering.ts'

/** What reaches the system, each write as one text. */
function connection() {
  const writes: string[] = []
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      writes.push(chunk)
      done()
    },
    writev(chunks, done) {
      writes.push(chunks.map(({ chunk }) => chunk as string).join(''))
      done()
    },
  })
  return { stream, writes }
}

it('writes what comes in one tick at once, and waits for no more', async () => {
  const { stream, writes } = connection()
  const gather = createGathering(() => stream)
  const write = (text: string) => {
    gather()
    stream.write(text)
  }
  for (const text of ['a', 'b']) write(text)
  await Promise.resolve().then(() => write('c'))
  expect(writes).toEqual([])
  await tick()
  expect(writes).toEqual(['abc'])
  write('d')
  await tick()
  expect(writes).toEqual(['abc', 'd'])
})

it('goes over to another connection, and leaves neither unwritten', async () => {
  const [old, next] = [connection(), connection()]
  let current: Writable | undefined = old.stream
  const gather = createGathering(() => current)
  gather()
  old.stream.write('a')
  current = next.stream
  gather()
  next.stream.write('b')
  await tick()
  expect([old.writes, next.writes]).toEqual([['a'], ['b']])
  current = undefined
  expect(gather).not.toThrow()
})
