/** The outcome of one scenario. `fault`: the difference from the expectation. */
export interface Played {
  readonly name: string
  readonly fault?: string
}

/** Plays one after the other. One that fails stops none of those behind it. */
export async function playEach<T extends { readonly name: string }>(
  all: readonly T[],
  play: (one: T) => Promise<void>,
): Promise<readonly Played[]> {
  const played: Played[] = []
  for (const one of all) {
    try {
      await play(one)
      played.push({ name: one.name })
    } catch (error) {
      played.push({ name: one.name, fault: error instanceof Error ? error.message : String(error) })
    }
  }
  return played
}
