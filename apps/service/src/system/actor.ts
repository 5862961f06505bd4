import { AsyncLocalStorage } from 'node:async_hooks'

/** Who acts: an API key by id and name, or null for whoever works at the machine itself, without one. */
export interface Actor {
  key: string | null
  name: string
}

export type Actors = ReturnType<typeof createActors>

const local: Actor = { key: null, name: 'local' }

/** Knows on whose behalf the code runs, however deep it is in the stores. */
export function createActors() {
  const context = new AsyncLocalStorage<Actor>()
  return {
    current: (): Actor => context.getStore() ?? local,
    /** Runs `work`, and everything that it starts, on behalf of `actor`. */
    as: <T>(actor: Actor, work: () => T): T => context.run(actor, work),
  }
}
