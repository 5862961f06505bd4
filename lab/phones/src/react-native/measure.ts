import { setAndroidWorld } from '../android/world.ts'
import { startProgram } from '../program/phone-program.ts'
import { must, mustSucceed, startPhone } from '../scenarios/scenario.ts'
import type { ReactNativeTools } from './tools.ts'

/** The cost of the first request of a new installation. */
export interface ReactNativeMeasurement {
  /** Milliseconds from the call to the answer of the API; the middle of five. */
  readonly elapsed: number
  /** Calls into the native part and events out of it, of the same. */
  readonly crossings: readonly string[]
  /** Milliseconds of the longest turn of the JavaScript thread, of all that were measured. */
  readonly tick: number
}

export async function measureReactNative({
  program: command,
}: ReactNativeTools): Promise<ReactNativeMeasurement> {
  const world = await setAndroidWorld()
  const program = startProgram(command)
  try {
    const stage = { world, program, start: async () => startProgram(command) }
    const runs: ReactNativeMeasurement[] = []
    // The first one warms the JVM up.
    for (let i = 0; i < 6; i++) {
      const phone = await startPhone(stage, { name: `measured-${i}` })
      const begin = performance.now()
      const { status } = mustSucceed(await phone.ask('fetch', { url: `${world.api.url}/v1/orders` }))
      const elapsed = performance.now() - begin
      must(status === 200, `the API answered ${String(status)}`)
      const { all, longest_turn: tick } = await phone.ask('crossings')
      runs.push({ elapsed, crossings: all as string[], tick: tick as number })
    }
    const [, ...warm] = runs
    const middle = warm.sort((a, b) => a.elapsed - b.elapsed)[2]
    must(middle !== undefined, 'nothing was measured')
    return { ...middle, tick: Math.max(...warm.map(({ tick }) => tick)) }
  } finally {
    await program.close()
    await world.close()
  }
}
