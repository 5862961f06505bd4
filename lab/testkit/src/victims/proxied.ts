import { randomUUID } from 'node:crypto'
import type { AdmissibleTier } from '@assay/protocol'
import {
  checkConfig,
  checkForm,
  createMemoryMeter,
  createProxy,
  createValkeyMeter,
  MeterJournal,
  Secrets,
  type RouteForm,
} from '@assay/proxy'
import { connectValkey, guardOf, type LoggedDecision } from './guarded.ts'
import { secretHeader } from './embedded-secret.ts'
import { currentRequestId, startListeningAt, type RunningApi } from './listening.ts'
import { modelRoute } from './model.ts'

export interface ProxiedApiOptions {
  /** URL of the attestation service. */
  issuer: string
  apps: readonly string[]
  tiers: readonly AdmissibleTier[]
  /** Its registered name. Default: its own URL. */
  audience?: string
  /** What callers take for its base URL. Default: its own URL. */
  baseUrl?: string
  /** The API behind it, which wants the secret. */
  upstream: string
  secret: string
  /** Default: the route of the model, by POST, with the secret in its field. */
  route?: Partial<RouteForm>
  /** URL of the Valkey server in which several count together. Default: this one counts by itself. */
  valkey?: string
  /** Accounts of each kind that the meter keeps. Default: its own. */
  capacity?: number
  /** File of the journal of what this one counts by itself. Default: none. */
  journal?: string
}

export interface ProxiedApi extends RunningApi {
  /** What proxy, guard and meter decided, oldest first. */
  readonly decisions: readonly LoggedDecision[]
  /** Ends as a process does that is killed: nothing that is open is settled. */
  crash(): Promise<void>
}

/** An API that wants a secret, behind `assay guard proxy`: the app has none. */
export async function startProxiedApi(options: ProxiedApiOptions): Promise<ProxiedApi> {
  const { issuer, apps, tiers, upstream, secret, route, valkey } = options
  const decisions: LoggedDecision[] = []
  const client = valkey === undefined ? undefined : await connectValkey(valkey)
  let stop: () => Promise<void> = () => Promise.resolve()
  let journal: MeterJournal | undefined
  const api = await startListeningAt((url) => {
    const audience = options.audience ?? url
    const form = checkForm({
      issuer,
      audience,
      apps,
      tiers,
      routes: [
        {
          name: 'model',
          methods: ['POST'],
          path: modelRoute,
          upstream,
          inject: { fields: { [secretHeader]: { environment: 'KEY' } } },
          ...route,
        },
      ],
    })
    const files = { version: () => '', read: () => '' }
    const config = checkConfig(form, new Secrets({ files, env: { KEY: secret }, onEvent: () => undefined }))
    const { capacity } = options
    const shared = {
      rules: config.meterRules,
      clock: Date.now,
      ...(capacity === undefined ? {} : { capacity }),
    }
    journal = options.journal === undefined ? undefined : MeterJournal.open(options.journal)
    const meter =
      client === undefined
        ? {
            ...createMemoryMeter({ ...shared, ...(journal === undefined ? {} : { journal }) }),
            replayStore: undefined,
            close: () => Promise.resolve(),
          }
        : createValkeyMeter({
            ...shared,
            audience,
            client,
            process: randomUUID(),
            schedule(call, milliseconds) {
              const timer = setTimeout(call, milliseconds)
              return () => clearTimeout(timer)
            },
          })
    const guard = guardOf(
      {
        issuer,
        apps,
        tiers,
        audience,
        replayStore: meter.replayStore,
        ...(options.baseUrl === undefined ? {} : { baseUrl: options.baseUrl }),
      },
      url,
      () => undefined,
    )
    const proxy = createProxy({
      config,
      guard,
      meter,
      clock: Date.now,
      onExchange: ({ code }) =>
        void decisions.push({ requestId: currentRequestId(), code, clientStatus: null }),
      onFault: (fault) => {
        throw fault
      },
    })
    stop = async () => {
      await proxy.stop(0)
      await meter.close()
      client?.disconnect()
    }
    return proxy.server
  })
  return {
    ...api,
    decisions,
    async crash() {
      // Nothing is written any more when the connections end.
      journal?.close()
      journal = undefined
      await api.close()
      await stop()
    },
    async close() {
      await api.close()
      await stop()
      journal?.close()
    },
  }
}
