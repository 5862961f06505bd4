import { createService, type ServiceParts } from '../../src/composition/create-service.ts'
import { packingWords } from '../../src/composition/packing-words.ts'
import type { RunningService } from '../../src/composition/start-service.ts'
import { checkConfig, type ServiceConfig } from '../../src/config/service.config.ts'
import { addressOf } from '../../src/http/server.ts'
import { openStorage } from '../../src/storage/open-storage.ts'

/** Starts a service that leaves room for others on its database. */
export const startNodeOfMany = (config: ServiceConfig): Promise<RunningService> =>
  startNode(config, { hasPeers: true })

export async function startNode(config: ServiceConfig, parts: ServiceParts): Promise<RunningService> {
  const checked = checkConfig(config)
  const service = await createService(checked, await openStorage({ ...checked, packingWords }), parts)
  await service.app.listen({ host: checked.host, port: checked.port })
  service.begin()
  return {
    url: addressOf(service.app),
    adminUrl: undefined,
    consoleUrl: undefined,
    metricsUrl: undefined,
    close: service.close,
  }
}
