import { AsyncLocalStorage } from 'node:async_hooks'

/** Who acts: an API key by id and name, or null for someone who works at the machine itself, without a key. */
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
    /** Runs `work` on behalf of `actor` until it is done: it must leave nothing behind that still acts. */
    as: async <T>(actor: Actor, work: () => T | Promise<T>): Promise<T> => context.run(actor, work),
  }
}
