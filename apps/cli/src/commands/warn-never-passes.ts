import type { Api, App } from '@assay/protocol/schemas'
import type { Context } from '../command-line/context.ts'

type Output = Pick<Context, 'output'>['output']

/** Warns if the policy that was just given to an app lets none of its devices pass. */
export async function warnOfApp(output: Output, app: App): Promise<void> {
  if (app.policy === null || app.policy === undefined) return
  // Loaded here: the service takes a while.
  const { neverPasses } = await import('@assay/service')
  if (neverPasses(app)) output.note(inWords(app.id, app.policy, 'any API'))
}

/** The same for the apps of an API that was just given a policy. */
export async function warnOfApi({ output, service }: Context, api: Api): Promise<void> {
  if (api.policy === null || api.policy === undefined) return
  const { neverPasses } = await import('@assay/service')
  for (const id of api.apps) {
    const app = (await service.get(`v1/apps/${encodeURIComponent(id)}`)) as App
    if (neverPasses(app, api)) output.note(inWords(id, api.policy, api.audience))
  }
}

function inWords(app: string, policy: string, api: string): string {
  return `Warning: no device of ${app} can ever get a token for ${api}. The platform has no hardware evidence, and its measurement alone is worth too little under the policy ${policy}. Use software-only.`
}
