import { installationBanKinds } from '@assay/protocol'
import type { Api, Ban } from '@assay/protocol/schemas'
import type { PseudonymOf } from '../attestation/issue.ts'
import { ProblemError } from '../faults/problem-error.ts'
import { pseudonymIndex, type VouchingKeyId } from '../attestation/model/installation.ts'
import type { InstallationStore } from '../attestation/model/ports.ts'
import type { Registrations } from '../attestation/registrations/registrations.ts'
import type { Actor } from '../system/actor.ts'
import type { Clock } from '../system/ports.ts'
import { pageOf, type Page } from '../system/page.ts'
import { checkYetToCome } from './model/yet-to-come.ts'
import {
  banCursor,
  type AppStore,
  type BanStore,
  type VouchedInstallation,
  type VouchingKeyStore,
} from './model/ports.ts'

interface BanDependencies {
  bans: BanStore
  apps: Pick<AppStore, 'find'>
  findApi: (audience: string) => Promise<Api | undefined>
  registrations: Pick<Registrations, 'changed'>
  installations: VouchingKeyStore & Pick<InstallationStore, 'find'>
  pseudonymOf: PseudonymOf
  /** Whether many devices hold the key. */
  isShared: (vouchingKey: VouchingKeyId) => boolean
  actor: () => Actor
  clock: Clock
}

export type BanUseCases = ReturnType<typeof createBanUseCases>

/**
 * An installation, given by the key that it signs with or by the name that the tokens of one API have for it; `batch`:
 * even if its vouching key is in many devices.
 */
export type BanAsked = (
  { key: string } | { audience: string; installation: string; batch?: boolean | undefined }
) & { note?: string | undefined; expires_at?: string | undefined; batch?: boolean | undefined }

/** Who bans, or lifts a ban. */
export interface Caller {
  ofSupport: boolean
}

/**
 * Bans attach to the vouching key: a new installation key costs nothing. Where no hardware vouches, there is only the
 * installation key itself, or the name that tokens have for it.
 */
export function createBanUseCases(dependencies: BanDependencies) {
  const { bans, apps, registrations, clock, actor } = dependencies
  const mustExist = async (app: string) => {
    if ((await apps.find(app)) === undefined) throw new ProblemError('app_not_found')
  }
  return {
    /**
     * Bans the key behind an installation.
     *
     * @param ofSupport who asks is from support: they ban one device at a time, and leave the bans of others
     * @throws ProblemError `app_not_found`, `api_not_found`, `vouching_key_is_batch`, `request_invalid`,
     * `scope_insufficient`
     */
    async add(app: string, input: BanAsked, { ofSupport }: Caller): Promise<Ban> {
      if (ofSupport && input.batch === true) throw new ProblemError('scope_insufficient')
      await mustExist(app)
      checkYetToCome(input.expires_at, clock())
      const found =
        'key' in input ? await keyOf(app, input, dependencies) : await nameOf(app, input, dependencies)
      if (dependencies.isShared(found) && input.batch !== true)
        throw new ProblemError('vouching_key_is_batch')
      const isByName = found.kind === installationBanKinds.name && 'audience' in input
      const said = {
        audience: isByName ? input.audience : null,
        note: input.note ?? null,
        author: actor().key,
        expiresAt: input.expires_at === undefined ? null : Date.parse(input.expires_at),
      }
      const ban = ofSupport
        ? await bans.addForSupport(app, found, said, clock())
        : await bans.add(app, found, said, clock())
      if (ban === undefined) throw new ProblemError('scope_insufficient')
      registrations.changed({ bans: app })
      return ban
    },
    async list(app: string, page: Page) {
      await mustExist(app)
      return pageOf('bans', page, (requested) => bans.list(app, requested, clock()), banCursor)
    },
    /** @throws ProblemError `ban_not_found`; `scope_insufficient` where support would lift the ban of somebody else */
    async lift(app: string, vouchingKey: VouchingKeyId, { ofSupport }: Caller): Promise<void> {
      const isLifted = ofSupport
        ? await bans.removeForSupport(app, vouchingKey)
        : await bans.remove(app, vouchingKey)
      if (!isLifted) {
        const isOfOthers = ofSupport && (await bans.find(app, vouchingKey, clock())) !== undefined
        throw new ProblemError(isOfOthers ? 'scope_insufficient' : 'ban_not_found')
      }
      registrations.changed({ bans: app })
    },
    /** Removes bans that have ended. */
    prune: (): Promise<void> => bans.prune(clock()),
  }
}

/** The key that vouches for the installation with this key; if none does, the key itself. */
async function keyOf(
  app: string,
  { key }: { key: string },
  { installations }: BanDependencies,
): Promise<VouchingKeyId> {
  const installation = await installations.find(app, key)
  return installation?.vouchingKey ?? { kind: installationBanKinds.key, id: key }
}

/**
 * The key that vouches for the installation of this name. Only the index of a name is kept, from the first token with
 * it on. Nothing is kept about installations that no hardware vouches for, so the name itself is banned.
 *
 * @throws ProblemError `api_not_found`: then nobody can have such a name
 */
async function nameOf(
  app: string,
  { audience, installation }: { audience: string; installation: string },
  { installations, pseudonymOf, findApi }: BanDependencies,
): Promise<VouchingKeyId> {
  const isMeant = ({ thumbprint }: VouchedInstallation) =>
    pseudonymOf(app, audience, thumbprint) === installation
  const found = (await installations.named(app, pseudonymIndex(installation))).find(isMeant)
  if (found !== undefined) return found.vouchingKey
  if ((await findApi(audience))?.apps.includes(app) !== true) throw new ProblemError('api_not_found')
  return { kind: installationBanKinds.name, id: installation }
}
