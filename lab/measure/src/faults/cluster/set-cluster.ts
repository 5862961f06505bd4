import { freePort, hasValkey, type PrivateValkey } from '@assay/testkit'
import type { NodeConfig } from '../node/node.process.ts'
import { startNode, type ServiceNode } from '../node/node.ts'
import { hasHaproxy, startHaproxy } from './haproxy.ts'

/** Nodes beside the first, the Valkey that all share, and HAProxy in front of them. */
export interface Cluster {
  readonly valkey: PrivateValkey
  /** All of them, the first one too. */
  readonly nodes: readonly ServiceNode[]
  /** Address of HAProxy. */
  readonly url: string
  /** What the node with the number is started with. */
  readonly configOf: (node: number) => NodeConfig
  /** Starts a node anew in the place of one that has ended, under its address. @param program of another version */
  restart(node: number, changes?: Partial<NodeConfig>, program?: string): Promise<void>
  close(): Promise<void>
}

/** Nodes of a cluster. */
const nodeCount = 3

/** What a cluster needs besides PostgreSQL is installed. */
export const canCluster = (): boolean => hasValkey() && hasHaproxy()

/** Appends each write to a file, which is synchronised each second: what a careful operator sets. */
export const valkeySettings: readonly string[] = ['--appendonly', 'yes', '--appendfsync', 'everysec']

/** @param configOf that of the node with the number */
export async function setCluster(
  valkey: PrivateValkey,
  configOf: (node: number) => NodeConfig,
): Promise<Cluster> {
  const ports = await Promise.all(Array.from({ length: nodeCount + 1 }, freePort))
  const nodes: ServiceNode[] = []
  const start = async (node: number, changes: Partial<NodeConfig> = {}, program?: string) => {
    nodes[node] = await startNode({ ...configOf(node), port: ports[node] as number, ...changes }, program)
  }
  await start(0)
  await Promise.all(Array.from({ length: nodeCount - 1 }, (_, i) => start(i + 1)))
  const port = ports[nodeCount] as number
  const proxy = await startHaproxy(
    port,
    nodes.map(({ url }) => url),
  )
  return {
    valkey,
    nodes,
    url: `http://127.0.0.1:${port}`,
    configOf,
    restart: start,
    async close() {
      await proxy.stop()
      for (const node of nodes) {
        node.thaw()
        await node.kill()
      }
      valkey.thaw()
      await valkey.stop()
    },
  }
}
