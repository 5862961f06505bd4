import type { Api, AttestationTrace, InstallationQuery, ListedInstallation } from '@assay/protocol/schemas'
import type { PseudonymOf } from '../../attestation/issue.ts'
import { pseudonymIndex } from '../../attestation/model/installation.ts'
import { ProblemError } from '../../faults/problem-error.ts'
import type { KnownInstallation, KnownInstallationStore } from './ports.ts'

/** Milliseconds for which a reference counts. */
export const referencesKept = 30 * 86_400_000
/** Installations that one look-up gives. */
const mostFound = 20

export interface FindDependencies {
  known: Pick<KnownInstallationStore, 'keysNamed' | 'keysOfReference' | 'known'>
  apisOf: (app: string) => Promise<readonly Api[]>
  findTrace: (trace: string) => Promise<AttestationTrace | undefined>
  pseudonymOf: PseudonymOf
  /** The digest of what an app calls its user, under a key of this service. */
  referenceOf: (app: string, reference: string) => Uint8Array
  clock: () => number
}

/**
 * Finds installations by what an operator has of them. A reference gives all for which the app gave it; that is what the
 * app said, and nobody has verified it.
 *
 * @throws ProblemError `trace_not_found`, `api_not_found`, `installation_not_found`
 */
export async function findInstallations(
  app: string,
  query: InstallationQuery,
  dependencies: FindDependencies,
): Promise<ListedInstallation[]> {
  const [by, keys] = await keysOf(app, query, dependencies)
  const found = await dependencies.known.known(app, keys.slice(0, mostFound))
  if (found.length === 0) throw new ProblemError('installation_not_found')
  return found.map((one) => listedOf(app, one, by))
}

async function keysOf(
  app: string,
  { key, audience, installation, trace, reference }: InstallationQuery,
  { known, apisOf, findTrace, pseudonymOf, referenceOf, clock }: FindDependencies,
): Promise<[NonNullable<ListedInstallation['found_by']>, string[]]> {
  if (key !== undefined) return ['key', [key]]
  if (trace !== undefined) {
    const found = await findTrace(trace)
    if (found?.app !== app) throw new ProblemError('trace_not_found')
    return ['trace', found.key === null ? [] : [found.key]]
  }
  if (reference !== undefined)
    return [
      'reference',
      await known.keysOfReference(app, referenceOf(app, reference), clock() - referencesKept, mostFound),
    ]
  if (!(await apisOf(app)).some((api) => api.audience === audience)) throw new ProblemError('api_not_found')
  const [api, name] = [audience as string, installation as string]
  // Only the index of a name is kept.
  const candidates = await known.keysNamed(app, pseudonymIndex(name))
  return ['name', candidates.filter((one) => pseudonymOf(app, api, one) === name)]
}

export function listedOf(
  app: string,
  { key, isRemembered, firstSeen, lastSeen }: KnownInstallation,
  by: ListedInstallation['found_by'],
): ListedInstallation {
  return {
    ...{ app, key, remembered: isRemembered },
    first_seen: new Date(firstSeen).toISOString(),
    last_seen: new Date(lastSeen).toISOString(),
    found_by: by,
  }
}
