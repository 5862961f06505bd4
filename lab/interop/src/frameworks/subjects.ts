import { createRequire } from 'node:module'
import path from 'node:path'
import type { Guard } from '@assay/guard'
import { createNodeCrypto } from '@assay/guard/node'
import { readRequests } from '@assay/vectors/requests'
import { checkOverHttp, type Adapter } from '@assay/vectors/requests'
import { closedBy } from '../subject/resources.ts'
import { install, type CaseResult, type Subject } from '../subject/subject.ts'
import {
  authRequest,
  notInFastify,
  notInFastify4,
  notInHono,
  notInHono3,
  onExpressApp,
  onFastifyApp,
  onHonoApp,
  onNode,
} from './adapters.ts'

type Load = (name: string) => unknown

interface Framework {
  readonly id: string
  /** Exact versions; none for what is installed here anyway. */
  readonly packages: Readonly<Record<string, string>>
  adapter(load: Load): Adapter
}

const express = (load: Load) => onExpressApp(load('express'))
const fastifyWith = (leavesOut: readonly string[]) => (load: Load) => onFastifyApp(load('fastify'), leavesOut)
const honoWith = (leavesOut: readonly string[]) => (load: Load) =>
  onHonoApp(load('hono'), (load('@hono/node-server') as Readonly<Record<'serve', unknown>>).serve, leavesOut)

const frameworks: readonly Framework[] = [
  { id: 'guard:http', packages: {}, adapter: () => onNode },
  { id: 'guard:serve', packages: {}, adapter: () => authRequest },
  { id: 'guard:express-5', packages: {}, adapter: express },
  { id: 'guard:express-4', packages: { express: '4.21.2' }, adapter: express },
  { id: 'guard:fastify-5', packages: {}, adapter: fastifyWith(notInFastify) },
  { id: 'guard:fastify-4', packages: { fastify: '4.29.1' }, adapter: fastifyWith(notInFastify4) },
  { id: 'guard:hono-4', packages: {}, adapter: honoWith(notInHono) },
  {
    id: 'guard:hono-3',
    packages: { hono: '3.12.12', '@hono/node-server': '1.4.0' },
    adapter: honoWith(notInHono3),
  },
]

/** Each adapter over the requests of the conformance file, and a guard that is broken. */
export const frameworkSubjects: readonly Subject[] = frameworks.map(({ id, packages, adapter }) => ({
  id,
  async run() {
    const { Request, Response, fetch } = globalThis
    try {
      return await runOn(adapter(await loaderOf(id, packages)))
    } finally {
      // Hono's server replaces Request and Response, and that for Hono 3 also replaces fetch on Node 24.
      Object.assign(globalThis, { Request, Response, fetch })
    }
  },
}))

async function loaderOf(id: string, packages: Framework['packages']): Promise<Load> {
  if (Object.keys(packages).length === 0) return createRequire(import.meta.url)
  const folder = await install(id.replace(':', '-'), packages)
  return createRequire(path.join(folder, 'package.json'))
}

async function runOn(adapter: Adapter): Promise<CaseResult[]> {
  const results = await checkOverHttp(readRequests(), adapter, createNodeCrypto())
  // What the server turns away is no gap of this machine.
  return [
    ...results.map(({ name, fault, skipped }) => ({ name, fault, leftOut: skipped })),
    ...(adapter.onBroken === undefined ? [] : [await runBroken(adapter, adapter.onBroken)]),
  ]
}

async function runBroken({ start }: Adapter, expected: number): Promise<CaseResult> {
  let reached = 0
  const broken: Guard = {
    verify: () => Promise.reject(new Error('out of order')),
    ready: async () => undefined,
    forRoute: () => broken,
    singleUse: 'once',
  }
  await using served = closedBy(await start(broken, () => void reached++), ({ close }) => close())
  const { status } = await fetch(`http://127.0.0.1:${served.port}/v1/orders`, {
    signal: AbortSignal.timeout(10_000),
  })
  const isRight = status === expected && reached === 0
  return {
    name: 'a guard that is broken',
    fault: isRight ? undefined : `${status} in the place of ${expected}`,
  }
}
