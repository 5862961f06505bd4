import type { Ban, BanInput } from '@assay/protocol'
import type { PseudonymOf } from '../attestation/issue.ts'
import { ProblemError } from '../faults/problem-error.ts'
import { pseudonymIndex, type VouchingKey } from '../attestation/installation.ts'
import type { Clock } from '../system/ports.ts'
import { pageOf, type Page } from '../system/page.ts'
import {
  banCursor,
  type AppStore,
  type BanStore,
  type VouchedInstallation,
  type VouchingKeyStore,
} from './ports.ts'

interface BanDependencies {
  bans: BanStore
  apps: Pick<AppStore, 'find'>
  installations: VouchingKeyStore
  pseudonymOf: PseudonymOf
  /** Whether many devices hold the key. */
  isShared: (vouchingKey: VouchingKey) => boolean
  clock: Clock
}

export type BanUseCases = ReturnType<typeof createBanUseCases>

/** Bans attach to the vouching key: a new installation key costs nothing. */
export function createBanUseCases(dependencies: BanDependencies) {
  const { bans, apps, clock } = dependencies
  const mustExist = async (app: string) => {
    if ((await apps.find(app)) === undefined) throw new ProblemError('app_not_found')
  }
  return {
    /** Bans the vouching key of an installation, by the pseudonym that an API knows it by. */
    async add(app: string, input: BanInput): Promise<Ban> {
      await mustExist(app)
      const vouchingKey = await vouchingKeyOf(app, input, dependencies)
      if (vouchingKey === undefined) throw new ProblemError('anchor_not_found')
      if (dependencies.isShared(vouchingKey) && input.batch !== true)
        throw new ProblemError('anchor_is_batch')
      return bans.add(app, vouchingKey, clock())
    },
    async list(app: string, page: Page) {
      await mustExist(app)
      return pageOf('bans', page, (asked) => bans.list(app, asked), banCursor)
    },
    async lift(app: string, vouchingKey: VouchingKey): Promise<void> {
      if (!(await bans.remove(app, vouchingKey))) throw new ProblemError('ban_not_found')
    },
  }
}

/** Of a pseudonym only its index is kept, from the first token with it on. */
async function vouchingKeyOf(
  app: string,
  { audience, installation }: BanInput,
  { installations, pseudonymOf }: BanDependencies,
): Promise<VouchingKey | undefined> {
  const isMeant = ({ thumbprint }: VouchedInstallation) =>
    pseudonymOf(app, audience, thumbprint) === installation
  return (await installations.named(app, pseudonymIndex(installation))).find(isMeant)?.vouchingKey
}
