import type { ApiKeyScope } from '@assay/protocol'
import type {
  AllowInput,
  ApiKeyInput,
  AppPatch,
  Ban,
  BanInput,
  BuildPatch,
  LetThroughInput,
} from '@assay/protocol/schemas'
import { segment, send } from './client.ts'
import type { Command } from './command-line.ts'

/** Something that changes the service: the request, and the command of the CLI that does the same. */
export interface Change {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  /** `now`: people give spans, and the service takes moments. */
  body?: (now: number) => unknown
  command: Command
}

/** @throws ApiProblem */
export const perform = <T>({ method, path, body }: Change): Promise<T> =>
  send(method, path, body === undefined ? {} : { body: body(Date.now()) })

interface OfBuild {
  app: string
  build: string
}

interface OfVariant extends OfBuild {
  variant: string
}

/** Why, and for how long; empty: nothing is said, and it does not end by itself. */
interface Terms {
  note: string
  /** A number, as it is typed. */
  span: string
}

type Named = { key: string } | { audience: string; installation: string }

interface NewKey {
  name: string
  scope: Exclude<ApiKeyScope, 'provenance'>
  apps: readonly string[]
  letThrough: boolean
  /** Days, as they are typed; empty: it does not expire. */
  days: string
}

const hour = 3_600_000
const day = 24 * hour

const ofApp = (app: string) => `v1/apps/${segment(app)}`
const ofBuild = ({ app, build }: OfBuild) => `${ofApp(app)}/builds/${segment(build)}`
const ofPolicy = (id: string) => `v1/policies/${segment(id)}`
const ofInstallation = (app: string, key: string) => `${ofApp(app)}/installations/${segment(key)}`

const after = (span: string, unit: number, now: number) =>
  span === '' ? {} : { expires_at: new Date(now + Number(span) * unit).toISOString() }
const said = (note: string) => (note.trim() === '' ? {} : { note: note.trim() })
const termsOf = ({ note, span }: Terms, unit: 'd' | 'h') => [
  ...(note.trim() === '' ? [] : ['--note', note.trim()]),
  ...(span === '' ? [] : ['--expires-in', `${span}${unit}`]),
]
const namedBy = (named: Named) =>
  'key' in named ? ['--key', named.key] : ['--audience', named.audience, '--installation', named.installation]

const buildAct = (what: 'retire' | 'activate' | 'restore', { app, build }: OfBuild): Change => ({
  method: 'POST',
  path: `${ofBuild({ app, build })}/${what}`,
  body: () => ({}),
  command: { name: `build ${what}`, to: [build], options: ['--app', app] },
})

const variantAct = (what: 'retire' | 'activate', { variant, ...of }: OfVariant): Change => {
  const { path, command, ...act } = buildAct(what, of)
  const options = [...(command.options ?? []), '--variant', variant]
  return { ...act, path: `${path}?variant=${segment(variant)}`, command: { ...command, options } }
}

const asking = ({ command, ...change }: Change): Change => ({
  ...change,
  command: { ...command, asks: true },
})

/**
 * All that the console changes, besides what forms register. A dialog takes one of these, so that none is without its
 * line; the tests run each.
 */
export const changes = {
  removeApp: (app: string): Change => ({
    method: 'DELETE',
    path: ofApp(app),
    command: { name: 'app remove', to: [app], asks: true },
  }),
  setShadowPolicy: (app: string, policy: string | null): Change => ({
    method: 'PATCH',
    path: ofApp(app),
    body: () => ({ shadow_policy: policy }) satisfies AppPatch,
    command: {
      name: 'app update',
      to: [app],
      options: policy === null ? ['--no-shadow-policy'] : ['--shadow-policy', policy],
    },
  }),
  retireBuild: (of: OfBuild) => asking(buildAct('retire', of)),
  activateBuild: (of: OfBuild) => buildAct('activate', of),
  restoreBuild: (of: OfBuild) => buildAct('restore', of),
  endVariant: (of: OfVariant) => asking(variantAct('retire', of)),
  activateVariant: (of: OfVariant) => variantAct('activate', of),
  removeBuild: ({ app, build }: OfBuild): Change => ({
    method: 'DELETE',
    path: ofBuild({ app, build }),
    command: { name: 'build remove', to: [build], options: ['--app', app], asks: true },
  }),
  /** @param end as the CLI takes it: `90d`, `never`; undefined: as it is */
  updateBuild: (
    { app, build }: OfBuild,
    patch: { channel?: NonNullable<BuildPatch['channel']>; end?: string; endFirstDays: boolean },
  ): Change => ({
    method: 'PATCH',
    path: ofBuild({ app, build }),
    body: (now) =>
      ({
        ...(patch.channel === undefined ? {} : { channel: patch.channel }),
        ...(patch.end === undefined
          ? {}
          : patch.end === 'never'
            ? { expires_at: null }
            : after(patch.end.slice(0, -1), day, now)),
        ...(patch.endFirstDays ? { difference_until: null } : {}),
      }) satisfies BuildPatch,
    command: {
      name: 'build update',
      to: [build],
      options: [
        ...['--app', app],
        ...(patch.channel === undefined ? [] : ['--channel', patch.channel]),
        ...(patch.end === undefined ? [] : ['--expires', patch.end]),
        ...(patch.endFirstDays ? ['--end-first-days'] : []),
      ],
    },
  }),
  removeApi: (audience: string): Change => ({
    method: 'DELETE',
    path: `v1/apis/${segment(audience)}`,
    command: { name: 'api remove', to: [audience], asks: true },
  }),
  /** @param text JSON */
  savePolicy: (id: string, text: string): Change => ({
    method: 'PUT',
    path: ofPolicy(id),
    body: () => JSON.parse(text) as unknown,
    command: { name: 'policy set', to: [id, `${id}.json`] },
  }),
  rollBackPolicy: (id: string, version: number): Change => ({
    method: 'POST',
    path: `${ofPolicy(id)}/rollback`,
    body: () => ({ to: version }),
    command: { name: 'policy rollback', to: [id], options: ['--to', String(version)], asks: true },
  }),
  removePolicy: (id: string): Change => ({
    method: 'DELETE',
    path: ofPolicy(id),
    command: { name: 'policy remove', to: [id], asks: true },
  }),
  /** The span is in days. */
  ban: (app: string, named: Named, terms: Terms): Change => ({
    method: 'POST',
    path: `${ofApp(app)}/bans`,
    body: (now) => ({ ...named, ...said(terms.note), ...after(terms.span, day, now) }) satisfies BanInput,
    command: { name: 'ban add', options: ['--app', app, ...namedBy(named), ...termsOf(terms, 'd')] },
  }),
  liftBan: ({ app, kind, vouching_key: key }: Pick<Ban, 'app' | 'kind' | 'vouching_key'>): Change => ({
    method: 'DELETE',
    path: `${ofApp(app)}/bans/${segment(kind)}/${segment(key)}`,
    command: {
      name: 'ban remove',
      options: ['--app', app, '--kind', kind, '--vouching-key', key],
      asks: true,
    },
  }),
  /** The span is in days. */
  addTestDevice: (app: string, named: { audience: string; installation: string }, terms: Terms): Change => ({
    method: 'POST',
    path: `${ofApp(app)}/allow`,
    body: (now) =>
      ({
        ...named,
        ...said(terms.note),
        expires_at: new Date(now + Number(terms.span) * day).toISOString(),
      }) satisfies AllowInput,
    command: { name: 'allow add', options: ['--app', app, ...namedBy(named), ...termsOf(terms, 'd')] },
  }),
  removeTestDevice: (app: string, named: { audience: string; installation: string }): Change => ({
    method: 'DELETE',
    path: `${ofApp(app)}/allow/${segment(named.installation)}?audience=${segment(named.audience)}`,
    command: { name: 'allow remove', options: ['--app', app, ...namedBy(named)], asks: true },
  }),
  /** The span is in hours. */
  letThrough: (
    { app, key }: { app: string; key: string },
    { audience, trace }: { audience: string; trace: string },
    terms: Terms,
  ): Change => ({
    method: 'POST',
    path: `${ofInstallation(app, key)}/let-through`,
    body: (now) =>
      ({
        ...{ audience, trace },
        ...said(terms.note),
        // The service takes a day at most, by its own clock.
        expires_at: new Date(now + Number(terms.span) * hour - 5_000).toISOString(),
      }) satisfies LetThroughInput,
    command: {
      name: 'installation let-through',
      options: ['--trace', trace, '--audience', audience, ...termsOf(terms, 'h')],
    },
  }),
  forget: (app: string, key: string): Change => ({
    method: 'DELETE',
    path: ofInstallation(app, key),
    command: { name: 'installation forget', options: ['--app', app, '--key', key], asks: true },
  }),
  addKey: ({ name, scope, apps, letThrough, days }: NewKey): Change => ({
    method: 'POST',
    path: 'v1/keys',
    body: (now) =>
      ({
        ...{ name, scope },
        ...(isOfApps(scope) ? { apps: [...apps] } : {}),
        ...(scope === 'support' && letThrough ? { let_through: true } : {}),
        ...after(days, day, now),
      }) satisfies ApiKeyInput,
    command: {
      name: 'key add',
      options: [
        ...['--name', name || 'NAME', '--scope', scope],
        ...(isOfApps(scope) ? ['--app', ...(apps.length === 0 ? ['APP'] : apps)] : []),
        ...(scope === 'support' && letThrough ? ['--let-through'] : []),
        ...['--expires-in', days === '' ? 'never' : `${days}d`],
      ],
    },
  }),
  removeKey: (id: string): Change => ({
    method: 'DELETE',
    path: `v1/keys/${segment(id)}`,
    command: { name: 'key remove', to: [id], asks: true },
  }),
}

/** Whether keys of this scope are for some apps only, which they name. */
export const isOfApps = (scope: ApiKeyScope): boolean => scope === 'registration' || scope === 'support'
