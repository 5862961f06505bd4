import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { startService, type VendorConfig } from '@assay/service'
import { watchHeap } from './heap-growth.ts'
import { watchStretches } from './longest-stretch.ts'

/**
 * The service in a separate process, whose event loop its parent has watched. Arguments: data folder, file of test
 * vendors.
 */
const [dataFolder, vendorFile] = process.argv.slice(2) as [string, string | undefined]
const plenty = { requests: 1e9, seconds: 60 }
const test = vendorFile && (JSON.parse(readFileSync(vendorFile, 'utf8')) as NonNullable<VendorConfig['test']>)
const postgres = process.env['ASSAY_BENCH_POSTGRES']
const service = await startService({
  dataFolder,
  ...(postgres === undefined ? {} : { postgres }),
  sealingKey: Buffer.from(process.env['ASSAY_BENCH_SEALING_KEY'] ?? '', 'hex'),
  host: '127.0.0.1',
  port: 0,
  logLevel: 'info',
  logDestination: { write: () => undefined },
  limits: { network: plenty, challenges: plenty, app: plenty, key: plenty },
  firstAdminKey: process.env['ASSAY_BENCH_ADMIN_KEY'] ?? `assay_${randomBytes(32).toString('base64url')}`,
  ...(test ? { vendors: { test } } : {}),
})
const watch = watchStretches()
const heap = watchHeap()
process.on('message', (message) => {
  if (message === 'start') {
    watch.start()
    process.send?.('started')
  } else if (message === 'heap') {
    heap.start()
    process.send?.('started')
  } else process.send?.(message === 'grown' ? heap.stop() : watch.stop())
})
process.send?.({ url: service.url })
process.once('SIGTERM', () => void service.close().then(() => process.exit(0)))
