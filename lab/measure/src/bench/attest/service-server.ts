import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { initialise, startService } from '@assay/service'

/**
 * The service as `assay serve` runs it, without the limits that a bench would reach. Its folder is temporary, unless the
 * environment names one.
 */
const {
  ASSAY_BENCH_DATA: given,
  ASSAY_BENCH_POSTGRES: postgres,
  ASSAY_BENCH_VALKEY: valkey,
  ASSAY_BENCH_SEALING_KEY,
} = process.env
const dataFolder = given ?? (await mkdtemp(path.join(os.tmpdir(), 'assay-bench-')))
const sealingKey =
  ASSAY_BENCH_SEALING_KEY === undefined ? randomBytes(32) : Buffer.from(ASSAY_BENCH_SEALING_KEY, 'hex')
const storage = {
  dataFolder,
  sealingKey,
  ...(postgres === undefined ? {} : { postgres }),
  ...(valkey === undefined ? {} : { valkey }),
}
const plenty = { requests: 1e9, seconds: 60 }
const admin = await initialise(storage)
const service = await startService({
  ...storage,
  host: '127.0.0.1',
  port: 0,
  logLevel: 'info',
  logDestination: { write: () => undefined },
  limits: { network: plenty, challenges: plenty, app: plenty, key: plenty },
})
console.log(JSON.stringify({ url: service.url, key: admin?.secret }))
process.once('SIGTERM', () => {
  void service
    .close()
    .then(() => (given === undefined ? rm(dataFolder, { recursive: true, force: true }) : undefined))
})
