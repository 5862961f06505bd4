import { memoryImage } from '@assay/client'
import { createNodeClient } from '@assay/client/node'
import { startGuardedApi, type GuardedApi } from '@assay/testkit/victims'
import type { Day } from './day.ts'
import type { OperatorStage } from './stage.ts'

const app = 'com.example.dev'
const production = 'com.example.web'

/** A developer's secret: served on the developer's machine, refused in production, gone when it is revoked. */
export async function developmentRows({ cli, service }: OperatorStage, day: Day): Promise<void> {
  const assay = async (line: string) => (await cli.succeed(line.split(' '), service.env)).stdout.trim()
  const api = { issuer: service.url, tiers: ['warning'] as const }
  const developing = await startGuardedApi({ ...api, apps: [app], development: true })
  const orders = await startGuardedApi({ ...api, apps: [app, production] })
  try {
    await assay(`app add ${app} --platform node --development`)
    await assay(`app add ${production} --platform web`)
    await assay(`api add ${developing.url} --app ${app} --tier warning --development`)
    await assay(`api add ${orders.url} --app ${production} --tier warning`)
    const made = JSON.parse(await assay(`development add --app ${app} --name Ada --json`)) as {
      id: string
      secret: string
    }
    const asked = async (target: GuardedApi, audience: string) =>
      outcome(service.url, made.secret, target, audience)
    day.row('development token in development', 'served', await asked(developing, developing.url))
    day.row(
      'development token in production',
      'refused: TOKEN_KEY_UNKNOWN',
      await asked(orders, developing.url),
    )
    day.row(
      'development secret for production',
      'refused: development_refused',
      await asked(orders, orders.url),
    )
    await assay(`development revoke ${made.id} --yes`)
    day.row(
      'development secret that was revoked',
      'refused: development_refused',
      await asked(developing, developing.url),
    )
  } finally {
    await developing.close()
    await orders.close()
  }
}

async function outcome(
  endpoint: string,
  developmentSecret: string,
  target: GuardedApi,
  audience: string,
): Promise<string> {
  const client = createNodeClient({
    endpoints: [endpoint],
    app,
    build: 'dev',
    audiences: { [target.url]: audience },
    image: memoryImage([]),
    developmentSecret,
  })
  try {
    const { status } = await client.fetch(`${target.url}/v1/orders`)
    return status === 200 ? 'served' : `refused: ${target.decisions.at(-1)?.code ?? status}`
  } catch (error) {
    const { problem, code } = error as { problem?: string; code?: string }
    return `refused: ${problem ?? code ?? String(error)}`
  } finally {
    client.close()
  }
}
