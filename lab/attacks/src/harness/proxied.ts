import { startModel, startProxiedApi, type ProxiedApiOptions } from '@assay/victims'
import { startValkey } from '@assay/testkit'
import type { ProxiedApis, ProxiedRoute } from '../world/world.ts'

type Owner = Pick<ProxiedApiOptions, 'issuer' | 'apps' | 'tiers' | 'secret'> & { audience: string }

/** Starts a model, and proxies in front of it that hold its secret; several count together in Valkey. */
export async function startProxied(owner: Owner, route: ProxiedRoute, nodes: number): Promise<ProxiedApis> {
  const model = await startModel(owner.secret)
  const valkey = nodes > 1 ? await startValkey() : undefined
  const started = await Promise.all(
    Array.from({ length: nodes }, () =>
      startProxiedApi({
        ...owner,
        upstream: model.url,
        route,
        ...(valkey === undefined ? {} : { valkey: valkey.url }),
      }),
    ),
  )
  return {
    targets: started.map(({ url, decisions }) => ({
      url,
      codeOf: (id) => decisions.findLast(({ requestId }) => requestId === id)?.code ?? undefined,
    })),
    billed: model.billed,
    async stop() {
      await Promise.all(started.map((each) => each.close()))
      await model.close()
      await valkey?.stop()
    },
  }
}
