import type { Oat } from './oat.ts'
import type { World } from './world.ts'

/** How the API is defended. */
export const levels = ['unprotected', 'embedded-secret', 'assay-software'] as const
export type Level = (typeof levels)[number]

/** What came of one try. */
export interface Verdict {
  /** Whether whoever tried got what they wanted. */
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

export type Run = (world: World) => Promise<Attempt>

/** What not every machine has: programs, and more loopback addresses than 127.0.0.1 (Linux). */
export type Tool = 'apktool' | 'apksigner' | 'loopback-networks'

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
  /** The levels at which it can be tried; what is left out does not apply, and the data file says why. */
  readonly run: Readonly<Partial<Record<Level, Run>>>
}
