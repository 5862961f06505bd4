import { AsyncLocalStorage } from 'node:async_hooks'

/** Who acts: an API key by id and name, or null for someone who works at the machine itself, without a key. */
export interface Actor {
  key: string | null
  name: string
}

export type Actors = ReturnType<typeof createActors>

const local: Actor = { key: null, name: 'local' }

/**
 * Knows on whose behalf the code runs, however deep it is in the stores. Before Node 24 a context slows down every
 * promise of the process, including those of attestations, from its first use until it is disabled: so it is disabled
 * whenever nobody acts.
 */
export function createActors() {
  const context = new AsyncLocalStorage<Actor>()
  let acting = 0
  return {
    current: (): Actor => context.getStore() ?? local,
    /** Runs `work` on behalf of `actor` until it is done: it must leave nothing behind that still acts. */
    async as<T>(actor: Actor, work: () => T | Promise<T>): Promise<T> {
      acting += 1
      try {
        return await context.run(actor, work)
      } finally {
        acting -= 1
        if (acting === 0) context.disable()
      }
    },
  }
}
