import { randomUUID } from 'node:crypto'
import type { GuardedApi } from '@assay/testkit/victims'

/** The outcome of a try: the operator's code, or `null` if the attacker was served. */
export type Code = string | null

/** An attack of `lab/attacks`, by its id there, carried out with one of the SDKs on a simulated phone. */
export interface SdkAttack<Stage> {
  readonly id: string
  /** The operator's code, several in alphabetical order with commas; `null`: the attacker is served. */
  readonly expected: Code
  attack(stage: Stage): Promise<Code>
  /** The same with only the tampered property put right: it must be served. */
  twin(stage: Stage): Promise<Code>
}

/** The outcome of an attack with an SDK. `fault`: the difference from the expectation. */
export interface AttackedSdk {
  readonly id: string
  readonly code: Code
  readonly fault?: string
}

/** Carries out attacks one after the other. */
export async function attackSdk<Stage>(
  stage: Stage,
  attacks: readonly SdkAttack<Stage>[],
): Promise<readonly AttackedSdk[]> {
  const results: AttackedSdk[] = []
  for (const { id, expected, attack, twin } of attacks) {
    try {
      const code = await attack(stage)
      const twinCode = await twin(stage)
      if (twinCode !== null) results.push({ id, code, fault: `its twin is refused: ${twinCode}` })
      else if (code !== expected) results.push({ id, code, fault: `${code} instead of ${expected}` })
      else results.push({ id, code })
    } catch (error) {
      results.push({ id, code: null, fault: error instanceof Error ? error.message : String(error) })
    }
  }
  return results
}

/** The attacks with these ids. @throws Error for an unknown id */
export function chosen<Stage>(
  attacks: readonly SdkAttack<Stage>[],
  only: readonly string[] | undefined,
): readonly SdkAttack<Stage>[] {
  if (only === undefined) return attacks
  return only.map((wanted) => {
    const found = attacks.find(({ id }) => id === wanted)
    if (found === undefined) throw new Error(`no attack is called ${wanted}`)
    return found
  })
}

/** The outcome of several tries at the same attack: served if any was, otherwise every code that occurred. */
export function allOf(codes: readonly Code[]): Code {
  return codes.includes(null) ? null : [...new Set(codes)].sort().join(',')
}

/** Sends a request to an API, and looks up the result in its log. */
export async function send(
  api: GuardedApi,
  headers: Readonly<Record<string, string>>,
  method = 'GET',
): Promise<Code> {
  const id = randomUUID()
  await fetch(`${api.url}/v1/orders`, { method, headers: { ...headers, 'x-request-id': id } })
  const decision = api.decisions.find(({ requestId }) => requestId === id)
  return decision === undefined ? 'NO_DECISION' : decision.code
}
