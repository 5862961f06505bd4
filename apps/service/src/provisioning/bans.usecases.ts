import type { AnchorBan, BanInput } from '@assay/protocol'
import type { RegisteredFacts } from '../attestation/registrations/registered-facts.ts'
import { ProblemError } from '../faults/problem-error.ts'
import type { Anchor } from '../attestation/installation.ts'
import type { Clock } from '../system/ports.ts'
import type { AnchorStore, AppStore, BanStore } from './ports.ts'

interface BanDependencies {
  bans: BanStore
  apps: Pick<AppStore, 'find'>
  installations: AnchorStore
  facts: Pick<RegisteredFacts, 'changed'>
  /** What tokens for an API call the installation with this key. */
  pseudonymOf: (app: string, audience: string, thumbprint: string) => string
  /** Whether many devices hold the key. */
  isShared: (anchor: Anchor) => boolean
  clock: Clock
}

export type BanUseCases = ReturnType<typeof createBanUseCases>

/** Bans attach to the anchor: a new installation key costs nothing. */
export function createBanUseCases(dependencies: BanDependencies) {
  const { bans, apps, facts, clock } = dependencies
  const mustExist = async (app: string) => {
    if ((await apps.find(app)) === undefined) throw new ProblemError('app_not_found')
  }
  return {
    /** Bans the anchor of an installation, by the pseudonym that an API knows it by. */
    async add(app: string, input: BanInput): Promise<AnchorBan> {
      await mustExist(app)
      const anchor = await anchorOf(app, input, dependencies)
      if (anchor === undefined) throw new ProblemError('anchor_not_found')
      if (dependencies.isShared(anchor) && input.batch !== true) throw new ProblemError('anchor_is_batch')
      const ban = await bans.add(app, anchor, clock())
      facts.changed()
      return ban
    },
    async list(app: string): Promise<AnchorBan[]> {
      await mustExist(app)
      return bans.list(app)
    },
    async lift(app: string, anchor: Anchor): Promise<void> {
      if (!(await bans.remove(app, anchor))) throw new ProblemError('ban_not_found')
      facts.changed()
    },
  }
}

/** Pseudonyms are kept nowhere: each installation's is made again. */
async function anchorOf(
  app: string,
  { audience, installation }: BanInput,
  { installations, pseudonymOf }: BanDependencies,
): Promise<Anchor | undefined> {
  for await (const { thumbprint, anchor } of installations.anchors(app))
    if (pseudonymOf(app, audience, thumbprint) === installation) return anchor
  return undefined
}
