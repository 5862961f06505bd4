import type { Configuration, Port, RawRequest, ServedDocument, Step } from '../form/request-case.ts'
import { now, path, proof, token } from './world.ts'

/** A case as it is written by hand: what is asked, and the code that the rule demands. The guard adds the rest of its answer. */
export interface Draft {
  readonly id: string
  readonly clause: string
  readonly needs?: string | undefined
  readonly configuration?: Partial<Configuration> | undefined
  readonly steps: readonly Step[]
  /** Of each step: `ok`, or the code. Without steps: no verifier starts with the configuration. */
  readonly expect: readonly string[]
}

type Values = string | readonly string[] | null

/** What a request has, where it differs from a good one. `null`: the field is not there. */
export interface Parts {
  readonly token?: Values
  readonly proof?: Values
  readonly pop?: Values
  readonly authorization?: Values
  /** After the others. */
  readonly more?: readonly (readonly [string, string])[]
  readonly method?: string
  readonly target?: string
}

/** How a case differs from the usual one. */
export interface Setting {
  readonly needs?: string
  readonly configuration?: Partial<Configuration>
}

export interface StepParts extends Parts {
  readonly now?: number | null
  readonly documents?: Readonly<Record<string, ServedDocument>>
  readonly failing?: readonly Port[]
}

const good = { token: token(), proof: proof() }

export function request(parts: Parts = {}): RawRequest {
  const { method = 'POST', target = path, more = [] } = parts
  const field = (name: string, given: Values | undefined): [string, string][] =>
    given === undefined || given === null ? [] : [given].flat().map((value) => [name, value])
  return {
    method,
    target,
    fields: [
      ['Host', 'api.example.com'],
      ...field('OAuth-Client-Attestation', parts.token === undefined ? good.token : parts.token),
      ...field('DPoP', parts.proof === undefined ? good.proof : parts.proof),
      ...field('OAuth-Client-Attestation-PoP', parts.pop),
      ...field('Authorization', parts.authorization),
      ...more,
    ],
  }
}

export function step({ now: at = now, documents, failing, ...parts }: StepParts): Step {
  return {
    now: at,
    ...(documents === undefined ? {} : { documents }),
    ...(failing === undefined ? {} : { failing }),
    request: request(parts),
  }
}

/** Cases of one group, whose ids begin with its name and which share a setting. */
export function group(name: string, shared: Setting = {}) {
  const settingOf = (own: Setting) => ({
    needs: own.needs ?? shared.needs,
    configuration: { ...shared.configuration, ...own.configuration },
  })
  return {
    /** One request to a new verifier. */
    one(id: string, clause: string, code: string, parts: StepParts = {}, own: Setting = {}): Draft {
      return { id: `${name}: ${id}`, clause, steps: [step(parts)], expect: [code], ...settingOf(own) }
    },
    /** A configuration with which no verifier starts. */
    misuse(id: string, configuration: Partial<Configuration>): Draft {
      const clause = 'verifiers page, settings'
      return { id: `${name}: ${id}`, clause, steps: [], expect: [], ...settingOf({ configuration }) }
    },
    /** Several, one after the other, to the same verifier. */
    several(
      id: string,
      clause: string,
      steps: readonly (readonly [code: string, parts: StepParts])[],
      own: Setting = {},
    ): Draft {
      return {
        id: `${name}: ${id}`,
        clause,
        steps: steps.map(([, parts]) => step(parts)),
        expect: steps.map(([code]) => code),
        ...settingOf(own),
      }
    },
  }
}
