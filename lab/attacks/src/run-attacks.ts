import { levels, runAt, type Attack, type Attempt, type Level, type Worlds } from './attack/attack.ts'

/** The result of an attack at each of its levels: an attempt, or the error that prevented it. */
export interface AttackResult {
  readonly id: string
  readonly attempts: Readonly<Partial<Record<Level, Attempt | Error>>>
}

/** Number of attacks at once: most of them wait for sockets most of the time. */
const lanes = 3

/** Carries out every attack at each of its levels, in no order, those that need it alone. `done` is called for each. */
export async function runAttacks(
  attacks: readonly Attack[],
  worlds: Worlds,
  done: (result: AttackResult, milliseconds: number) => void,
): Promise<AttackResult[]> {
  const results = new Map<string, AttackResult>()
  // The slow ones come first, so that none runs alone at the end.
  const waiting = attacks
    .filter(({ isAlone }) => isAlone !== true)
    .sort((a, b) => (a.needs?.length ?? 0) - (b.needs?.length ?? 0))
  const carryOut = async (attack: Attack) => {
    const started = performance.now()
    const result = { id: attack.id, attempts: await attemptsOf(attack, worlds) }
    results.set(attack.id, result)
    done(result, performance.now() - started)
  }
  const lane = async () => {
    for (let attack = waiting.pop(); attack !== undefined; attack = waiting.pop()) await carryOut(attack)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  for (const attack of attacks) if (attack.isAlone === true) await carryOut(attack)
  return attacks.map(({ id }) => results.get(id) as AttackResult)
}

async function attemptsOf(attack: Attack, worlds: Worlds): Promise<AttackResult['attempts']> {
  const attempts: Partial<Record<Level, Attempt | Error>> = {}
  for (const level of levels) {
    const attempt = runAt(attack, level)?.(worlds)
    if (attempt === undefined) continue
    attempts[level] = await attempt.catch((error: unknown) =>
      error instanceof Error ? error : new Error(String(error)),
    )
  }
  return attempts
}
