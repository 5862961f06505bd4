import type { Shape } from '../mutation/mutate.ts'

/** One parser under test, as it is loaded: after its files were instrumented. */
export interface Target {
  /** Parses an input. Returns the code of a refusal, or `accepted`; whatever it throws is a crash. */
  run(input: Uint8Array): string | Promise<string>
  /** Well-formed inputs made in code. */
  readonly seeds?: readonly Uint8Array[]
  /** How the evidence vectors become inputs. */
  readonly vectors?: VectorInputs
  /** Byte strings that mean something to the parser. */
  readonly words?: readonly (string | Uint8Array)[]
}

export interface VectorInputs {
  /** Name of the format, and of the folder under the vectors. */
  readonly folder: string
  /** The inputs from the member `input` of one vector. */
  inputs(input: Readonly<Record<string, unknown>>): readonly Uint8Array[]
}

/** The description of a target, before it is loaded. */
export interface TargetEntry {
  readonly name: string
  readonly shape: Shape
  /** Compiled files, or folders of them, from the root of the project: the parser, whose branches count. */
  readonly files: readonly string[]
  /** Inputs of a short run. */
  readonly inputs: number
  /** Inputs of a full run, where a million would take hours. */
  readonly most?: number
  load(): Promise<{ readonly target: Target }>
}

/** The outcome of an accepted input. */
export const accepted = 'accepted'
