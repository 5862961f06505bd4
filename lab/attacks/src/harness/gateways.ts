import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { freePort, gateways } from '@assay/testkit'
import { startBelievingApi, startGatewayGuard } from '@assay/testkit/victims'
import type { AdmissibleTier } from '@assay/protocol'
import type { Gateways } from '../world/world.ts'

interface Owner {
  readonly issuer: string
  readonly audience: string
  readonly app: string
  readonly tiers: readonly AdmissibleTier[]
}

/** Starts every gateway of `deploy/gateways` before an API that believes its fields, each with a guard that it asks. */
export async function startGateways({ issuer, audience, app, tiers }: Owner): Promise<Gateways> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-attacks-gateways-'))
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  const stop = async () => {
    for (const end of closing.reverse()) await end()
  }
  try {
    const api = await startBelievingApi(app)
    closing.push(() => api.close())
    const targets = []
    const rollingOut: (() => void)[] = []
    for (const gateway of gateways) {
      const place = await mkdtemp(path.join(folder, `${gateway.name}-`))
      const socket = path.join(place, 'guard.sock')
      const guard = await startGatewayGuard(
        { issuer, audience, apps: [app], tiers },
        gateway.settings,
        socket,
      )
      closing.push(() => guard.close())
      const places = {
        folder: place,
        port: await freePort(),
        api: Number(new URL(api.url).port),
        guard: socket,
      }
      const { port, stop: stopGateway } = await gateway.start(places)
      closing.push(stopGateway)
      let isEnforcing = true
      targets.push({
        url: `http://127.0.0.1:${port}`,
        // What passes the guard is decided by the API.
        codeOf: (id: string) =>
          isEnforcing
            ? (guard.decisions.findLast(({ requestId }) => requestId === id)?.code ?? undefined)
            : undefined,
      })
      rollingOut.push(() => {
        isEnforcing = false
        guard.rollOut()
      })
    }
    return {
      targets,
      rollOut: () => {
        for (const begin of rollingOut) begin()
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
