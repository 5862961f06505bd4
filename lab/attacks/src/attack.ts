import type { Oat } from './oat.ts'
import type { WithoutSdkReason } from './without-sdk.ts'
import type { HardwareWorld, World } from './world.ts'

/** How the API is defended. */
export const levels = ['unprotected', 'embedded-secret', 'assay-software', 'assay-hardware'] as const
export type Level = (typeof levels)[number]

/** What came of one try. */
export interface Verdict {
  /** Whether the caller got what they wanted. */
  through: boolean
  /** HTTP status of the answer that decided; 0 where none came. */
  status: number
  /** The refusal's own code, as the operator finds it; several in alphabetical order, separated by commas. */
  code: string | null
}

/** One attack at one level, and its twin: the same with only the tampered property put right, which must be served. */
export interface Attempt {
  attack: Verdict
  twin?: Verdict
}

/** What should come of an attack at a level. */
export type Expected =
  | { outcome: 'through' }
  /** With the operator's code, or codes in alphabetical order, separated by commas. */
  | { outcome: 'refused'; code: string }
  | { outcome: 'not-applicable'; reason: string }

/** What is done at each level. What is left out does not apply, and `expected` says why. */
export interface Runs {
  readonly unprotected?: (world: World) => Promise<Attempt>
  readonly 'embedded-secret'?: (world: World) => Promise<Attempt>
  /** At both levels of Assay. At the higher one devices are phones that give evidence. */
  readonly assay?: (world: World) => Promise<Attempt>
  /** At this level only, or otherwise than `assay` says. */
  readonly 'assay-hardware'?: (world: HardwareWorld) => Promise<Attempt>
}

/** What not every machine has: programs, and more loopback addresses than 127.0.0.1 (Linux). */
export type Tool = 'apktool' | 'apksigner' | 'loopback-networks' | 'valkey-server'

export interface Attack {
  /** Kebab case; never changed, since results are compared over time. */
  readonly id: string
  /** What the attacker does, in a few words. */
  readonly title: string
  /** What it would be good for. */
  readonly oat: Oat
  /** How it is carried out here. */
  readonly method: string
  readonly needs?: readonly Tool[]
  /** Why the SDKs of phones have no part in it, each for one reason; left out: they carry it out. */
  readonly withoutSdk?: readonly WithoutSdkReason[]
  readonly expected: Readonly<Record<Level, Expected>>
  readonly run: Runs
}

/** The world of an app that measures itself only, and that of one whose phones vouch for it. */
export interface Worlds {
  readonly software: World
  readonly hardware: HardwareWorld
}

/** What an attack does at a level; `undefined`: it does not apply there. */
export function runAt(
  { run }: Pick<Attack, 'run'>,
  level: Level,
): ((worlds: Worlds) => Promise<Attempt>) | undefined {
  if (level === 'assay-hardware') {
    const atHardware = run['assay-hardware'] ?? run.assay
    return atHardware && (({ hardware }) => atHardware(hardware))
  }
  const below = level === 'assay-software' ? run.assay : run[level]
  return below && (({ software }) => below(software))
}

/** What every kind of attack says about itself. */
export type About = Omit<Attack, 'run'>
