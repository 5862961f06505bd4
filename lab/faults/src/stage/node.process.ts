import { setFlagsFromString } from 'node:v8'
import { startService, type ServiceConfig } from '@assay/service'

/**
 * The service as `assay serve` starts it, in a process whose system clock is set by its parent: from then on all that
 * asks for the time of day gets another, and monotonic time runs on as it does when somebody sets a machine's clock.
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

export type NodeOrder = { readonly clockOffset: number } | 'stop'

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
// As the CLI does, whose heap is then as small until it serves.
setFlagsFromString('--semi-space-growth-factor=1')
const service = await startService({ ...config, sealingKey: Buffer.from(sealingKey, 'hex') })
process.on('message', (order: NodeOrder) => {
  if (order === 'stop') return
  offset = order.clockOffset
  process.send?.('set')
})
setTimeout(() => setFlagsFromString('--semi-space-growth-factor=2'), 5_000).unref()
process.send?.({ url: service.url })
// Nobody is left whose service it is.
process.once('disconnect', () => process.exit(1))
process.once('SIGTERM', () => void service.close().then(() => process.exit(0)))
