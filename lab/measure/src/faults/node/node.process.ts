import { startService, type ServiceConfig } from '@assay/service'

/**
 * The service as `assay serve` starts it, in a process whose system clock its parent sets: the time of day changes, and
 * monotonic time goes on, as when somebody sets a machine's clock.
 */
export interface NodeConfig extends Omit<
  ServiceConfig,
  'sealingKey' | 'logDestination' | 'clock' | 'steady'
> {
  /** Hexadecimal. */
  readonly sealingKey: string
  /** Milliseconds by which the clock is wrong from the start. */
  readonly clockOffset: number
}

export type NodeOrder = { readonly clockOffset: number } | 'collect'

let offset = 0

function setSystemClock(): void {
  const System = Date
  const now = () => System.now() + offset
  globalThis.Date = new Proxy(System, {
    construct: (target, args: []) => (args.length === 0 ? new target(now()) : new target(...args)),
    get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
  })
}

const { sealingKey, clockOffset, ...config } = JSON.parse(process.argv[2] as string) as NodeConfig
offset = clockOffset
setSystemClock()
const service = await startService({ ...config, sealingKey: Buffer.from(sealingKey, 'hex') })
process.on('message', (order: NodeOrder) => {
  if (order === 'collect') globalThis.gc?.()
  else offset = order.clockOffset
  process.send?.('done')
})
process.send?.({ url: service.url })
// The parent has gone.
process.once('disconnect', () => process.exit(1))
process.once('SIGTERM', () => void service.close().then(() => process.exit(0)))
