import { startModel, startProxiedApi, type ProxiedApi, type ProxiedApiOptions } from '@assay/testkit/victims'
import { startValkey } from '@assay/testkit'
import type { ProxiedApis, ProxiedRoute } from '../world/world.ts'

type Owner = Pick<ProxiedApiOptions, 'issuer' | 'apps' | 'tiers' | 'secret'> & { audience: string }

/** Starts a model, and proxies in front of it that hold its secret; several count together in Valkey. */
export async function startProxied(
  owner: Owner,
  route: ProxiedRoute,
  nodes: number,
  urls: 'own' | 'shared',
): Promise<ProxiedApis> {
  const model = await startModel(owner.secret)
  const valkey = nodes > 1 ? await startValkey() : undefined
  const started: ProxiedApi[] = []
  for (let node = 0; node < nodes; node++) {
    const [first] = started
    const options: ProxiedApiOptions = {
      ...owner,
      upstream: model.url,
      route,
      ...(valkey === undefined ? {} : { valkey: valkey.url }),
      ...(urls === 'own' || first === undefined ? {} : { baseUrl: first.url }),
    }
    started.push(await startProxiedApi(options))
  }
  return {
    targets: started.map(({ url, decisions }) => ({
      url,
      codeOf: (id) => decisions.findLast(({ requestId }) => requestId === id)?.code ?? undefined,
    })),
    billed: model.billed,
    holdsSecret: (text) => text.includes(owner.secret),
    async stop() {
      await Promise.all(started.map((each) => each.close()))
      await model.close()
      await valkey?.stop()
    },
  }
}
