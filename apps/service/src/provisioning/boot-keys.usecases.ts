import { createHash } from 'node:crypto'
import { mostBootKeySets } from '@assay/protocol'
import type { BootKeysChange, BootKeySet, BootKeysInput } from '@assay/protocol/schemas'
import type { Registrations } from '../attestation/registrations/registrations.ts'
import { ProblemError } from '../faults/problem-error.ts'
import { pageOf, type Page } from '../system/page.ts'
import type { Clock } from '../system/ports.ts'
import { readBootKeyList } from './boot-key-list.ts'
import type { BootKeyStore } from './model/ports.ts'

interface BootKeyDependencies {
  bootKeys: BootKeyStore
  registrations: Pick<Registrations, 'changed'>
  clock: Clock
}

export type BootKeyUseCases = ReturnType<typeof createBootKeyUseCases>

/** Boot keys of systems that phones' makers did not sign. They are given by an admin, and never fetched. */
export function createBootKeyUseCases({ bootKeys, registrations, clock }: BootKeyDependencies) {
  const find = async (system: string): Promise<BootKeySet> => {
    const found = await bootKeys.find(system)
    if (found === undefined) throw new ProblemError('boot_keys_not_found')
    return found
  }
  return {
    list: (page: Page) =>
      pageOf(
        'sets',
        page,
        (requested) => bootKeys.list(requested),
        ({ system }) => system,
      ),
    find,
    /** Replaces the keys of a system by those of a published list, all together. */
    async put(system: string, input: BootKeysInput): Promise<BootKeysChange> {
      const file = Buffer.from(input.file, 'base64')
      const sha256 = createHash('sha256').update(file).digest('hex')
      if (sha256 !== input.sha256) throw new ProblemError('boot_keys_digest_mismatch')
      const now = clock()
      const { keys, publishedAt } = readBootKeyList(file, now)
      const set: BootKeySet = {
        system,
        source: input.source,
        sha256,
        published_at: new Date(publishedAt).toISOString(),
        given_at: new Date(now).toISOString(),
        keys: [...keys],
      }
      const order = { mayBeOlder: input.older === true, most: mostBootKeySets }
      const stored =
        input.dry_run === true ? await bootKeys.rehearse(set, order) : await bootKeys.put(set, order)
      if (stored === 'older') throw new ProblemError('boot_keys_older')
      if (stored === 'full') throw new ProblemError('boot_keys_full')
      if (input.dry_run !== true) registrations.changed('bootKeys')
      return { ...set, ...difference(stored.before?.keys ?? [], set.keys), dry_run: input.dry_run === true }
    },
    async remove(system: string): Promise<void> {
      if ((await bootKeys.remove(system)) === undefined) throw new ProblemError('boot_keys_not_found')
      registrations.changed('bootKeys')
    },
  }
}

function difference(before: readonly string[], after: readonly string[]) {
  const [had, has] = [new Set(before), new Set(after)]
  return { added: after.filter((key) => !had.has(key)), removed: before.filter((key) => !has.has(key)) }
}
