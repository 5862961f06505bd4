import pg from 'pg'

/** Calls when something has changed. The call is only a hint to look: what counts is what is read then. */
export interface ChangeCalls {
  close(): Promise<void>
}

/** Milliseconds between two attempts to listen again. */
const pause = 1_000

/** Listens to what the database publishes at the end of each transaction that changes what is registered. */
export function listenForChanges(connectionString: string, onCall: () => void): ChangeCalls {
  let session: pg.Client | undefined
  let again: NodeJS.Timeout | undefined
  let closed = false

  const connect = async (): Promise<void> => {
    const client = new pg.Client({
      connectionString,
      application_name: 'assay changes',
      connectionTimeoutMillis: 1_500,
      query_timeout: 3_500,
      keepAlive: true,
    })
    client.on('error', () => undefined)
    client.on('end', () => {
      if (session === client) retry()
    })
    client.on('notification', onCall)
    session = client
    try {
      await client.connect()
      await client.query('listen assay_changes')
      // What was published before this session started listening has not been received.
      onCall()
    } catch {
      await client.end().catch(() => undefined)
      if (session === client) retry()
    }
  }
  const retry = () => {
    session = undefined
    if (closed) return
    again = setTimeout(() => void connect(), pause)
    again.unref()
  }

  void connect()
  return {
    async close() {
      closed = true
      clearTimeout(again)
      const last = session
      session = undefined
      await last?.end().catch(() => undefined)
    },
  }
}
