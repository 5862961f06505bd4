import type { Branches } from '../instrumentation/branches.ts'
import { mutate, type Shape } from '../mutation/mutate.ts'
import type { Material } from '../mutation/mutator.ts'
import { createRandom } from '../mutation/random.ts'
import type { Target } from '../target/target.ts'
import { bytesInUse, growsSteadily } from './memory.ts'
import { shrink } from './shrink.ts'
import { createSlowest, type SlowestInput } from './slowest.ts'
import type { Watchdog } from './watchdog.ts'

export interface FuzzOptions {
  readonly shape: Shape
  /** The number of inputs to make, besides the given ones. With 0, only the given ones run. */
  readonly inputs: number
  readonly seed: number
  /** Inputs to begin with. */
  readonly given: readonly Uint8Array[]
}

export interface Crash {
  readonly input: Uint8Array
  /** Name and place of the error, without its message. */
  readonly error: string
}

export interface FuzzResult {
  readonly inputs: number
  readonly seconds: number
  readonly branches: { readonly total: number; readonly taken: number; readonly missing: readonly string[] }
  /** How often each outcome was: `accepted`, or the code of a refusal. */
  readonly outcomes: Readonly<Record<string, number>>
  readonly crashes: readonly Crash[]
  readonly slowest: SlowestInput | undefined
  readonly memory: { readonly grows: boolean; readonly bytesPerInput: number }
  /** Inputs with a new branch or outcome. */
  readonly corpus: readonly Uint8Array[]
}

/** Different crashes that are kept. */
const mostCrashes = 20
const memoryRounds = 4

/** Runs the given inputs, then mutations of them, and keeps those with a new branch or outcome. */
export async function fuzzTarget(
  target: Target,
  branches: Branches,
  watchdog: Watchdog,
  { shape, inputs, seed, given }: FuzzOptions,
): Promise<FuzzResult> {
  const random = createRandom(seed)
  const outcomes = new Map<string, number>()
  const crashes = new Map<string, Crash>()
  const slowest = createSlowest()
  const corpus: Uint8Array[] = []
  const material: Material = {
    random,
    another: () => random.pick(pool()),
    dictionary: (target.words ?? []).map((word) => (typeof word === 'string' ? Buffer.from(word) : word)),
  }
  const pool = (): readonly Uint8Array[] => (corpus.length > 0 ? corpus : given)

  const runOne = async (input: Uint8Array): Promise<string> => {
    watchdog.begin(input)
    try {
      const start = performance.now()
      const pending = target.run(input)
      const outcome = typeof pending === 'string' ? pending : await pending
      slowest.note(input, performance.now() - start)
      return outcome
    } finally {
      watchdog.end()
    }
  }
  /** Whether the input reached a new branch or outcome. */
  const execute = async (input: Uint8Array): Promise<boolean> => {
    try {
      const outcome = await runOne(input)
      const before = outcomes.get(outcome) ?? 0
      outcomes.set(outcome, before + 1)
      return branches.hasNew() || before === 0
    } catch (cause) {
      const error = describe(cause)
      if (crashes.size < mostCrashes && !crashes.has(error))
        crashes.set(error, { input: Uint8Array.from(input), error })
      return false
    }
  }
  const next = (): Uint8Array => {
    const parents = pool()
    // The latest finds have been tried least.
    const recent = random.oneIn(3) ? parents.slice(-8) : parents
    return mutate(random.pick(recent), shape, material)
  }

  const start = performance.now()
  for (const input of given) if (await execute(input)) corpus.push(input)
  const perRound = Math.floor(inputs / 10)
  for (let made = memoryRounds * perRound; made < inputs; made++) {
    const input = next()
    if (await execute(input)) corpus.push(Uint8Array.from(input))
  }
  const seconds = (performance.now() - start) / 1000

  // From here on nothing is kept, so that any growth is the parser's.
  const measured: number[] = []
  for (let round = 0; round < memoryRounds; round++) {
    for (let made = 0; made < perRound; made++) await execute(next())
    measured.push(bytesInUse())
  }
  const growth = (measured.at(-1) as number) - (measured[0] as number)
  return {
    inputs: given.length + inputs,
    seconds,
    branches: { total: branches.total, taken: branches.taken(), missing: branches.missing() },
    outcomes: Object.fromEntries(outcomes),
    crashes: await shrunk([...crashes.values()], runOne),
    slowest: await slowest.measure(runOne),
    memory: {
      grows: growsSteadily(measured, perRound),
      bytesPerInput: growth / ((memoryRounds - 1) * perRound),
    },
    corpus,
  }
}

async function shrunk(
  crashes: readonly Crash[],
  run: (input: Uint8Array) => Promise<unknown>,
): Promise<readonly Crash[]> {
  const result: Crash[] = []
  for (const { input, error } of crashes)
    result.push({ input: await shrink(input, (shorter) => crashesWith(error, shorter, run)), error })
  return result
}

async function crashesWith(
  error: string,
  input: Uint8Array,
  run: (input: Uint8Array) => Promise<unknown>,
): Promise<boolean> {
  try {
    await run(input)
    return false
  } catch (cause) {
    return describe(cause) === error
  }
}

/** The place of the crash, without contents of the input. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return `${typeof error} thrown`
  const [, place = 'unknown place'] = /\n\s+at (.*[/\\].*)/.exec(error.stack ?? '') ?? []
  return `${error.name}: ${error.message.slice(0, 80)} at ${place}`
}
