import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import {
  createAppleCa,
  simulateIphone,
  startPostgres,
  testVendors,
  type Iphone,
  type PrivatePostgres,
} from '@assay/testkit'
import type { Store } from '../fault.ts'
import { appId, createOperator, registerApps, type Operator } from './apps.ts'
import type { Release } from './installations.ts'
import { createNetwork, type Network } from './network.ts'
import type { NodeConfig } from './node.process.ts'
import { startNode, type ServiceNode } from './node.ts'

/** One service with its store, its apps, and clients of it; all of it is gone when the fault has been tried. */
export interface Stage {
  readonly store: Store
  /** Where the service has its files. */
  readonly dataFolder: string
  /** The database server. @throws Error on the embedded store */
  readonly postgres: PrivatePostgres
  /** The service that runs now. */
  readonly node: ServiceNode
  /** From an address of its own, without limits on the operator's patience. */
  readonly network: Network
  readonly operator: Operator
  readonly web: Release
  readonly ios: Release
  /** Starts the service over the same store, in place of one that has ended. @returns milliseconds until it listens */
  start(changes?: Partial<NodeConfig>): Promise<number>
  /** A new one, with the app. */
  iphone(): Iphone
  tell(line: string): void
}

export interface RunningStage {
  readonly stage: Stage
  close(): Promise<void>
}

const plenty = { requests: 1e9, seconds: 60 }

interface StageOptions {
  readonly store: Store
  readonly tell: (line: string) => void
}

/** `undefined` where the store is not installed on this machine. */
export async function setStage({ store, tell }: StageOptions): Promise<RunningStage | undefined> {
  const postgres = store === 'postgres' ? await startPostgres() : undefined
  if (store === 'postgres' && postgres === undefined) return undefined
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-faults-'))
  const apple = createAppleCa()
  const adminKey = `assay_${randomBytes(32).toString('base64url')}`
  const network = createNetwork({ connections: 32 })
  const config: NodeConfig = {
    dataFolder: path.join(folder, 'data'),
    ...(postgres === undefined ? {} : { postgres: postgres.connectionString }),
    sealingKey: randomBytes(32).toString('hex'),
    firstAdminKey: adminKey,
    host: '127.0.0.1',
    port: 0,
    logLevel: 'warn',
    limits: { network: plenty, challenges: plenty, app: plenty, guesses: plenty },
    vendors: { test: testVendors({ apple }) },
    clockOffset: 0,
  }
  let node: ServiceNode | undefined
  let operator: Operator | undefined
  const start = async (changes: Partial<NodeConfig> = {}) => {
    const started = performance.now()
    node = await startNode({ ...config, ...changes })
    operator = createOperator(network, node.url, adminKey)
    return performance.now() - started
  }
  const close = async () => {
    network.close()
    node?.thaw()
    await node?.kill()
    await postgres?.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await start()
    const apps = await registerApps(operator as unknown as Operator)
    const stage: Stage = {
      store,
      dataFolder: config.dataFolder,
      get postgres() {
        if (postgres === undefined) throw new Error('the embedded store has no server')
        return postgres
      },
      get node() {
        return node as ServiceNode
      },
      get operator() {
        return operator as Operator
      },
      network,
      ...apps,
      start,
      iphone: () => simulateIphone({ apple, appId }),
      tell,
    }
    return { stage, close }
  } catch (error) {
    await close()
    throw error
  }
}
