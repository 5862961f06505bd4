import type { Clock } from './ports.ts'

/**
 * A clock that is set once, when it is made, and then counts: nobody who sets the system's clock makes it jump.
 *
 * @param wall milliseconds since 1970
 * @param monotonic milliseconds since any moment, which only rise
 */
export function steadyClock(wall: Clock = Date.now, monotonic: Clock = () => performance.now()): Clock {
  const offset = wall() - monotonic()
  return () => monotonic() + offset
}
