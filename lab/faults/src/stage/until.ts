import { setTimeout as wait } from 'node:timers/promises'

/** Milliseconds until `holds` first gives true; asked again and again. Infinity: not within `most`. */
export async function millisecondsUntil(holds: () => Promise<boolean>, most = 30_000): Promise<number> {
  const started = performance.now()
  while (performance.now() - started < most) {
    if (await holds()) return performance.now() - started
    await wait(20)
  }
  return Infinity
}
