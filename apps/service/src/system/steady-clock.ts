import type { Clock } from './ports.ts'

/**
 * A clock that is set once, when it is made, and then counts: setting the system's clock does not make it jump.
 *
 * @param wall milliseconds since 1970
 * @param monotonic milliseconds since some moment, which only increase
 */
export function steadyClock(wall: Clock = Date.now, monotonic: Clock = () => performance.now()): Clock {
  const offset = wall() - monotonic()
  return () => monotonic() + offset
}
