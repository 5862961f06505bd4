import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
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

function removeGarbage(): void {
  setFlagsFromString('--expose-gc')
  // Contexts that are older than the flag do not have it.
  const collect = runInNewContext('gc') as () => void
  collect()
}

const { sealingKey, clockOffset, ...config } = JSON.parse(process.argv[2] as string) as NodeConfig
offset = clockOffset
setSystemClock()
// The CLI does the same, so the heap is as small as there.
setFlagsFromString('--heap-growing-percent=50')
setFlagsFromString('--semi-space-growth-factor=1')
const service = await startService({ ...config, sealingKey: Buffer.from(sealingKey, 'hex') })
process.on('message', (order: NodeOrder) => {
  if (order === 'collect') removeGarbage()
  else offset = order.clockOffset
  process.send?.('done')
})
setTimeout(() => setFlagsFromString('--semi-space-growth-factor=2'), 5_000).unref()
process.send?.({ url: service.url })
// The parent has gone.
process.once('disconnect', () => process.exit(1))
process.once('SIGTERM', () => void service.close().then(() => process.exit(0)))
