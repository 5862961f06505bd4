/**
 * Test files share a process, in any order: a global that one file replaces and does not restore would reach the next files. This
 * fails the file that does so.
 */
import { afterAll, expect } from 'vitest'

/** Globals that libraries and tests replace. */
const names = (
  'fetch Headers Request Response FormData URL WebSocket crypto performance console process ' +
  'Date setTimeout setInterval setImmediate clearTimeout JSON Promise'
).split(' ')

/** Remembers the globals as they are now. The function that it returns reports which have changed. */
export function replacedGlobals(): () => string[] {
  const valueOf = (name: string): unknown => Reflect.get(globalThis, name)
  const before = new Map(names.map((name) => [name, valueOf(name)]))
  return () => names.filter((name) => valueOf(name) !== before.get(name))
}

const replaced = replacedGlobals()

afterAll(() => {
  expect(replaced(), 'globals that this file has replaced and not put back').toEqual([])
})
