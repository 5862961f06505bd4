import { apiDefaults, type Api, type ApiInput, type ApiPatch } from '@assay/protocol/schemas'
import type { Registrations } from '../attestation/registrations/registrations.ts'
import { ProblemError } from '../faults/problem-error.ts'
import { pageOf, type Page } from '../system/page.ts'
import type { Clock } from '../system/ports.ts'
import { checkApi } from './check-api.ts'
import type { ApiStore } from './model/ports.ts'
import { stated } from './stated.ts'

interface ApiDependencies {
  apis: ApiStore
  registrations: Pick<Registrations, 'changed'>
  clock: Clock
}

export type ApiUseCases = ReturnType<typeof createApiUseCases>

/** APIs that tokens are for. */
export function createApiUseCases({ apis, registrations, clock }: ApiDependencies) {
  return {
    async add(input: ApiInput): Promise<Api> {
      const api: Api = {
        ...apiDefaults,
        name: input.audience,
        ...stated(input),
        apps: [...input.apps].sort(),
        created_at: new Date(clock()).toISOString(),
      }
      checkApi(api)
      const inserted = await apis.insert(api)
      if (inserted === 'exists') throw new ProblemError('api_exists')
      if (inserted !== 'ok') throw new ProblemError(inserted)
      registrations.changed({ api: api.audience })
      return api
    },
    list: (page: Page) =>
      pageOf(
        'apis',
        page,
        (requested) => apis.list(requested),
        ({ audience }) => audience,
      ),
    async get(audience: string): Promise<Api> {
      const api = await apis.find(audience)
      if (api === undefined) throw new ProblemError('api_not_found')
      return api
    },
    /** From the next attestation on; tokens already issued stay as they are. */
    async update(audience: string, patch: ApiPatch): Promise<Api> {
      const updated = await apis.update(audience, patch, checkApi)
      if (typeof updated === 'string') throw new ProblemError(updated)
      registrations.changed({ api: audience })
      return updated
    },
    async remove(audience: string): Promise<void> {
      if (!(await apis.remove(audience))) throw new ProblemError('api_not_found')
      registrations.changed({ api: audience })
    },
  }
}
