import pg from 'pg'

/**
 * A connection that ends when an answer does not come in time. Otherwise it would go back to its pool still waiting for it,
 * and over a link that was cut for a minute that takes minutes more.
 */
export class ImpatientClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config)
    const query = this.query.bind(this) as (...asked: unknown[]) => unknown
    const impatient = (...asked: unknown[]): unknown => {
      const answer = query(...asked)
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
