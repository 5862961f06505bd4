import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import {
  createAppleCa,
  simulateIphone,
  startPostgres,
  startValkey,
  mountSmallDisk,
  testVendors,
  type Iphone,
  type PrivatePostgres,
  type SmallDisk,
} from '@assay/testkit'
import { canCluster, setCluster, valkeySettings, type Cluster } from '../cluster/set-cluster.ts'
import type { Store } from './store.ts'
import { appId, createOperator, registerApps, type Operator } from './apps.ts'
import type { Release } from './installations.ts'
import { createNetwork, type Network } from './network.ts'
import type { NodeConfig } from '../node/node.process.ts'
import { startNode, type ServiceNode } from '../node/node.ts'

/** A service with its store, its apps and its clients; all of it is removed after the trial. */
export interface Stage {
  readonly store: Store
  /** The folder with the files of the service. */
  readonly dataFolder: string
  /** The database server. @throws Error on the embedded store */
  readonly postgres: PrivatePostgres
  /** The separate disk of the store. @throws Error if the fault asks for none */
  readonly disk: SmallDisk
  /** The nodes, their proxy and their stores. @throws Error if one node serves alone */
  readonly cluster: Cluster
  /** The service that runs now; in a cluster, the first node. */
  readonly node: ServiceNode
  /** The operator's client, with its own address and without a time limit. */
  readonly network: Network
  readonly operator: Operator
  /** The administrator's key, for requests that no client would send. */
  readonly adminKey: string
  readonly web: Release
  readonly ios: Release
  /** Starts the service again on the same store, after the last one has ended. @returns milliseconds until it listens */
  start(changes?: Partial<NodeConfig>): Promise<number>
  /** A new iPhone with the app. */
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
  /** Size in MB of a separate disk for the store; undefined: the store is on the machine's own disk. */
  readonly disk?: number | undefined
  readonly tell: (line: string) => void
}

/** Sets up a stage. `undefined` if the store is not installed on this machine. */
export async function setStage({ store, disk: size, tell }: StageOptions): Promise<RunningStage | undefined> {
  if (store === 'cluster' && !canCluster()) return undefined
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-faults-'))
  const disk = size === undefined ? undefined : await mountSmallDisk(path.join(folder, 'disk'), size)
  const leave = async () => {
    disk?.unmount()
    await rm(folder, { recursive: true, force: true })
  }
  const leaveAfter = async (error: unknown) => {
    await leave()
    throw error
  }
  // The server's user must be able to enter the folder.
  if (disk !== undefined) await chmod(folder, 0o755)
  const postgres = store === 'sqlite' ? undefined : await startPostgres(dataOn(disk)).catch(leaveAfter)
  if (store !== 'sqlite' && postgres === undefined) {
    await leave()
    return undefined
  }
  const valkey = store === 'cluster' ? await startValkey({ settings: valkeySettings }) : undefined
  const apple = createAppleCa()
  const adminKey = `assay_${randomBytes(32).toString('base64url')}`
  const network = createNetwork({ connections: 32 })
  const config: NodeConfig = {
    dataFolder: path.join(postgres === undefined ? (disk?.folder ?? folder) : folder, 'data'),
    ...(postgres === undefined ? {} : { postgres: postgres.connectionString }),
    sealingKey: randomBytes(32).toString('hex'),
    firstAdminKey: adminKey,
    host: '127.0.0.1',
    port: 0,
    logLevel: 'warn',
    limits: { network: plenty, challenges: plenty, app: plenty, guesses: plenty, key: plenty },
    vendors: { test: testVendors({ apple }) },
    clockOffset: 0,
  }
  let node: ServiceNode | undefined
  let cluster: Cluster | undefined
  let operator: Operator | undefined
  const start = async (changes: Partial<NodeConfig> = {}) => {
    const started = performance.now()
    if (valkey === undefined) node = await startNode({ ...config, ...changes })
    else {
      const configOf = (number: number) => ({
        ...config,
        dataFolder: path.join(folder, `data-${number}`),
        valkey: valkey.url,
        ...changes,
      })
      cluster = await setCluster(valkey, configOf)
    }
    const first = cluster?.nodes[0] ?? node
    if (first === undefined) throw new Error('no node was started')
    operator = createOperator(network, first.url, adminKey)
    return performance.now() - started
  }
  const close = async () => {
    network.close()
    node?.thaw()
    await node?.kill()
    await (cluster?.close() ?? valkey?.stop())
    postgres?.thaw()
    await postgres?.stop()
    await leave()
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
      get disk() {
        if (disk === undefined) throw new Error('the fault asks for no disk')
        return disk
      },
      get node() {
        return (cluster?.nodes[0] ?? node) as ServiceNode
      },
      get cluster() {
        if (cluster === undefined) throw new Error('one node serves alone')
        return cluster
      },
      get operator() {
        return operator as Operator
      },
      network,
      adminKey,
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

/** The tables of a server. Its write-ahead log is elsewhere, as recommended: a server whose log has no space ends. */
function dataOn(disk: SmallDisk | undefined): { data?: string } {
  return disk === undefined ? {} : { data: path.join(disk.folder, 'postgres') }
}
