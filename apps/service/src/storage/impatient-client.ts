import pg from 'pg'

/**
 * A connection that ends when an answer does not come in time. Otherwise it would return to its pool still waiting, and
 * after a link was cut for a minute that would take minutes more.
 */
export class ImpatientClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config)
    const query = this.query.bind(this) as (...given: unknown[]) => unknown
    const impatient = (...given: unknown[]): unknown => {
      const answer = query(...given)
      if (answer instanceof Promise)
        answer.catch((error: unknown) => {
          if (error instanceof Error && error.message === 'Query read timeout')
            void this.end().catch(() => undefined)
        })
      return answer
    }
    this.query = impatient as typeof this.query
  }
}
