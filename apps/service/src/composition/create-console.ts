import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { loopbackOrigins, type CheckedConsole } from '../config/console.config.ts'
import { ServiceError } from '../config/service-error.ts'
import { limitGuesses } from '../http/authorisation/authorisation.ts'
import { buildConsole, type ConsoleDependencies } from '../http/console-app.ts'
import { readConsoleFiles, type ConsoleFiles } from '../http/console/console-files.ts'
import { createSessionUseCases } from '../operations/sessions.usecases.ts'
import type { SessionStore } from '../operations/ports.ts'
import type { FloodLimits } from '../http/limits/flood-limits.ts'

interface Given extends Omit<
  ConsoleDependencies,
  'files' | 'origins' | 'lookUpSession' | 'sessions' | 'limits'
> {
  sessions: SessionStore
  limits: Pick<FloodLimits, 'guess' | 'key' | 'lookup'>
}

/** The console of the service. @throws ServiceError `SERVICE_CONSOLE` if it is not built */
export async function createConsole(
  { url }: CheckedConsole,
  { limits, ...given }: Given,
): Promise<{ app: FastifyInstance; prune(): Promise<void> }> {
  const sessions = createSessionUseCases({
    sessions: given.sessions,
    findKey: (id) => given.apiKeys.find(id),
    clock: given.clock,
    random: given.random,
  })
  const app: FastifyInstance = await buildConsole({
    ...given,
    limits,
    sessions,
    lookUpSession: {
      renewing: limitGuesses((id) => sessions.find(id, { renews: true }), limits),
      passing: limitGuesses((id) => sessions.find(id, { renews: false }), limits),
    },
    origins: () => (url === undefined ? loopbackOrigins((app.server.address() as AddressInfo).port) : [url]),
    files: builtFiles(),
  })
  return { app, prune: () => sessions.prune() }
}

function builtFiles(): ConsoleFiles {
  try {
    const manifest = createRequire(import.meta.url).resolve('@assay/console/package.json')
    return readConsoleFiles(path.join(path.dirname(manifest), 'dist'))
  } catch (cause) {
    throw new ServiceError('SERVICE_CONSOLE', 'the files of the console are not there', { cause })
  }
}
