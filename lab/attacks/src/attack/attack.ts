import type { Oat } from './oat.ts'
import type { Sdks } from './sdks.ts'
import type { Outcome } from '../world/outcome.ts'
import type { HardwareWorld, World } from '../world/world.ts'

/** How the API is defended. */
export const levels = ['unprotected', 'embedded-secret', 'assay-software', 'assay-hardware'] as const
export type Level = (typeof levels)[number]

/** One attack at one level, and its twin: the same with only the tampered property restored, which must be served. */
export interface Attempt {
  attack: Outcome
  twin?: Outcome
}

/** The expected outcome of an attack at a level. */
export type Expected =
  | { outcome: 'through' }
  /** With the operator's code, or codes in alphabetical order, separated by commas. */
  | { outcome: 'refused'; code: string }
  | { outcome: 'not-applicable'; reason: string }

/** The attack at each level. It does not apply at a level that is left out, and `expected` says why. */
export interface Runs {
  readonly unprotected?: (world: World) => Promise<Attempt>
  readonly 'embedded-secret'?: (world: World) => Promise<Attempt>
  /** At both levels of Assay. At the higher one, devices are phones with hardware evidence. */
  readonly assay?: (world: World) => Promise<Attempt>
  /** Only at this level, or in place of `assay`. */
  readonly 'assay-hardware'?: (world: HardwareWorld) => Promise<Attempt>
}

/** Things that not every machine has: programs, and more loopback addresses than 127.0.0.1 (Linux). */
export type Tool =
  'apktool' | 'apksigner' | 'caddy' | 'haproxy' | 'loopback-networks' | 'nginx' | 'promtool' | 'valkey-server'

export interface Attack {
  /** Kebab case; never change it, because results are compared over time. */
  readonly id: string
  /** The act of the attacker, in a few words. */
  readonly title: string
  /** The automated threat that it serves. */
  readonly oat: Oat
  /** How it is carried out here. */
  readonly method: string
  readonly needs?: readonly Tool[]
  /** Carried out after all others: it does to the service what no client can, and others would suffer from it. */
  readonly isAlone?: true
  /** How SDKs of phones carry it out, on simulated phones, and why one does not. */
  readonly sdks: Sdks
  readonly expected: Readonly<Record<Level, Expected>>
  /** How it is carried out with the TypeScript SDK, or without any. */
  readonly run: Runs
}

/** The world of an app with software evidence only, and that of an app with hardware evidence. */
export interface Worlds {
  readonly software: World
  readonly hardware: HardwareWorld
}

/** The run of an attack at a level; `undefined`: it does not apply there. */
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

/** The description that every kind of attack has. */
export type About = Omit<Attack, 'run'>
