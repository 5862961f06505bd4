import { createReferenceNotes, createReferenceOf } from '../attestation/references.ts'
import type { CheckedConfig } from '../config/service.config.ts'
import { referencesKept } from '../provisioning/installations/find-installation.ts'
import type { Storage } from '../storage/open-storage.ts'
import type { Feature } from './feature.ts'

const second = 1_000

interface ReferencesParts {
  config: Pick<CheckedConfig, 'clock' | 'random'>
  storage: Pick<Storage, 'secrets' | 'references' | 'apps'>
  onMalfunction: (error: unknown) => void
}

export type References = Awaited<ReturnType<typeof composeReferences>>['handlers']

/** What apps call their users: digests under a sealed key, kept for 30 days. */
export async function composeReferences({ config, storage, onMalfunction }: ReferencesParts) {
  const { clock, random } = config
  const { references, secrets } = storage
  const referenceOf = createReferenceOf(await secrets.getOrCreate('references', () => random(32)))
  const notes = createReferenceNotes({ write: (said, now) => references.note(said, now), clock })
  const forgetAll = async (apps: readonly string[]) => {
    notes.forgetAll(apps)
    await references.removeReferences(apps)
  }
  return {
    handlers: {
      ...{ referenceOf, notes },
      forgetOf: (app: string) => forgetAll([app]),
    },
    jobs: [{ every: second, work: notes.flush }],
    async prune() {
      await references.pruneReferences(clock() - referencesKept)
      // What was on its way, here or at another node, when they were turned off.
      await forgetAll(await appsWithout(storage.apps))
    },
    close: () => notes.flush().catch(onMalfunction),
  } satisfies Feature
}

async function appsWithout(apps: Pick<Storage['apps'], 'list'>): Promise<string[]> {
  const without: string[] = []
  for (let after: string | undefined; ;) {
    const page = await apps.list({ after, limit: 100 })
    without.push(...page.filter(({ references }) => !references).map(({ id }) => id))
    after = page.at(-1)?.id
    if (after === undefined) return without
  }
}
