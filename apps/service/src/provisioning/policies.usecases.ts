import {
  compilePolicy,
  PolicyError,
  presetNames,
  presetVersion,
  type Policy,
  type PresetName,
  type Presets,
  type Vocabulary,
} from '@assay/appraisal'
import type { FaultyPlace } from '@assay/protocol'
import type { Api, App, PolicyChanges, StoredPolicy } from '@assay/protocol/schemas'
import type { Registrations } from '../attestation/registrations/registrations.ts'
import { ProblemError } from '../faults/problem-error.ts'
import type { Clock } from '../system/ports.ts'
import { documentsPerRead, pageOf, type Page } from '../system/page.ts'
import { policyChanges } from './policy-changes.ts'
import type { PolicyStore } from './model/ports.ts'

interface PolicyDependencies {
  policies: PolicyStore
  registrations: Pick<Registrations, 'changed' | 'findPolicy'>
  presets: Presets
  /** What policies can refer to. */
  vocabulary: Vocabulary
  clock: Clock
}

export type PolicyUseCases = ReturnType<typeof createPolicyUseCases>

/** Policies: the built-in ones, and those that the operator wrote. */
export function createPolicyUseCases(dependencies: PolicyDependencies) {
  const { policies, registrations, presets, vocabulary, clock } = dependencies
  const builtIn = builtInPolicies(presets)
  const named = (id: string) => (isPreset(id) ? presets.policy(id) : registrations.findPolicy(id))
  const version = async (id: string, number: number): Promise<StoredPolicy> => {
    const found = builtIn.find((policy) => policy.id === id) ?? (await policies.find(id))
    if (found === undefined) throw new ProblemError('policy_not_found')
    const wanted = found.version === number ? found : await policies.find(id, number)
    if (wanted === undefined) throw new ProblemError('policy_version_not_found')
    return wanted
  }
  return {
    /** The built-in ones come before the first page. */
    async list(page: Page) {
      const own = await pageOf(
        'policies',
        page,
        (requested) => policies.list(requested),
        ({ id }) => id,
        documentsPerRead,
      )
      return page.after === undefined ? { ...own, policies: [...builtIn, ...own.policies] } : own
    },
    async get(id: string): Promise<StoredPolicy> {
      const found = builtIn.find((policy) => policy.id === id) ?? (await policies.find(id))
      if (found === undefined) throw new ProblemError('policy_not_found')
      return found
    },
    /** In their order. A built-in policy has one. */
    async versions(id: string, page: Page) {
      if (isPreset(id))
        return { versions: page.after === undefined ? builtIn.filter((policy) => policy.id === id) : [] }
      if ((await policies.find(id)) === undefined) throw new ProblemError('policy_not_found')
      if (page.after !== undefined && !versionPattern.test(page.after))
        throw new ProblemError('request_invalid', { errors: [{ pointer: '/after', code: 'invalid_value' }] })
      return pageOf(
        'versions',
        page,
        (requested) => policies.versions(id, requested),
        ({ version }) => String(version),
        documentsPerRead,
      )
    },
    version,
    /** How version `to` differs from version `from`. */
    async compare(id: string, from: number, to: number): Promise<PolicyChanges> {
      return policyChanges(await version(id, from), await version(id, to))
    },
    /** Saves an earlier version as the next one, if it is still valid. */
    async rollBack(id: string, to: number): Promise<StoredPolicy> {
      refusePreset(id)
      if ((await policies.find(id)) === undefined) throw new ProblemError('policy_not_found')
      const saved = await policies.rollBack(id, to, clock(), (document) => check(id, document, vocabulary))
      if (saved === undefined) throw new ProblemError('policy_version_not_found')
      registrations.changed({ policy: id })
      return saved
    },
    /** Saves the next version of a policy, if its document is valid. */
    async put(id: string, document: unknown): Promise<StoredPolicy> {
      refusePreset(id)
      check(id, document, vocabulary)
      const now = clock()
      const version = await policies.add(id, document, now)
      registrations.changed({ policy: id })
      return { id, version, preset: false, document, created_at: new Date(now).toISOString() }
    },
    async remove(id: string): Promise<void> {
      refusePreset(id)
      const removed = await policies.remove(id)
      if (removed === 'in_use') throw new ProblemError('policy_in_use')
      if (!removed) throw new ProblemError('policy_not_found')
      registrations.changed({ policy: id })
    },
    /**
     * The policy for an app's evidence at an API: the API's, otherwise the app's, otherwise the default. A stored
     * policy that no longer compiles is a malfunction; no other policy takes its place.
     */
    async policyFor(app: App, api: Api): Promise<Policy> {
      const id = api.policy ?? app.policy ?? defaultPolicy(app)
      const policy = await named(id)
      if (policy === undefined) throw new Error('a named policy does not exist')
      return policy
    },
    /**
     * A policy on trial: a saved one, or a document.
     *
     * @throws ProblemError `policy_not_found`, `policy_invalid`
     */
    async candidate(requested: { policy: string } | { document: unknown }): Promise<Policy> {
      if ('policy' in requested) {
        const policy = await named(requested.policy)
        if (policy === undefined) throw new ProblemError('policy_not_found')
        return policy
      }
      check('unnamed', requested.document, vocabulary)
      return compilePolicy(requested.document, { id: 'unnamed', version: 1, vocabulary })
    },
    /** The policy that is applied in parallel to the current one; `undefined`: the app has none. */
    async shadowFor({ shadow_policy: id }: App): Promise<Policy | undefined> {
      if (id === null) return undefined
      const policy = await named(id)
      if (policy === undefined) throw new Error('a named policy does not exist')
      return policy
    },
  }
}

const versionPattern = /^[1-9][0-9]{0,14}$/

/** Without platform evidence nothing better than software measurement can be required. */
function defaultPolicy({ evidence }: App): PresetName {
  return Object.values(evidence).some((settings) => settings !== undefined) ? 'balanced' : 'software-only'
}

function builtInPolicies({ documents }: Presets): readonly StoredPolicy[] {
  return presetNames.map((id) => ({
    id,
    version: presetVersion,
    preset: true,
    document: documents.get(id),
    created_at: null,
  }))
}

function isPreset(id: string): id is PresetName {
  return (presetNames as readonly string[]).includes(id)
}

function refusePreset(id: string): void {
  if (isPreset(id)) throw new ProblemError('policy_reserved')
}

function check(id: string, document: unknown, vocabulary: Vocabulary): void {
  const fault = faultOfPolicy(document, vocabulary, id)
  if (fault !== undefined) throw new ProblemError('policy_invalid', { errors: [fault] })
}

/** The first fault of a policy document; `undefined` if it is valid. */
export function faultOfPolicy(
  document: unknown,
  vocabulary: Vocabulary,
  id = 'unnamed',
): FaultyPlace | undefined {
  try {
    compilePolicy(document, { id, version: 1, vocabulary })
    return undefined
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    const { pointer, code, message: detail, offset } = error
    return { pointer, code, detail, ...(offset === undefined ? {} : { offset }) }
  }
}
