import { startRelay } from './relay.ts'

/** What listens at the far end of the link. */
export interface LinkConfig {
  readonly host: string
  readonly servers: readonly { readonly port: number; readonly path: string }[]
}

const { host, servers } = JSON.parse(process.argv[2] as string) as LinkConfig
for (const { port, path } of servers) await startRelay({ host, port, target: { path } })
process.send?.('ready')
process.once('disconnect', () => process.exit(0))
