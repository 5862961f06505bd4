import { setTimeout as wait } from 'node:timers/promises'

/** Polls `holds`, and returns the milliseconds until it first gives true. Infinity: not within `most`. */
export async function millisecondsUntil(holds: () => Promise<boolean>, most = 30_000): Promise<number> {
  const started = performance.now()
  while (performance.now() - started < most) {
    if (await holds()) return performance.now() - started
    await wait(20)
  }
  return Infinity
}
