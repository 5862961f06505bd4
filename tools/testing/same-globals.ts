/**
 * Test files share their process, in any order: what one of them leaves in the place of a global, the next ones would meet. This
 * fails the file that does.
 */
import { afterAll, expect } from 'vitest'

/** What libraries and tests put something else in the place of. */
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
