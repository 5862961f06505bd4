import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { Installation } from '@assay/protocol/schemas'
import { explanations } from 'virtual:explanations'
import { installationQuery } from '../api/installations.ts'
import { useMay, useMayLetThrough } from '../shell/may.ts'
import { OutcomeBadge, TierBadge } from '../ui/badge.tsx'
import { RefusalsLink } from '../ui/links.tsx'
import { Page, Properties, Prose, Section } from '../ui/page.tsx'
import { Empty, Loaded } from '../ui/states.tsx'
import { boundsOf } from '../ui/moment.ts'
import { ExactTime, Time } from '../ui/time.tsx'
import { BanInstallation, ForgetInstallation, LetThrough } from './installation-actions.tsx'

/** What `assay installation show` says, and what may be done about it. */
export function InstallationPage() {
  const { app, key } = useParams({ from: '/installations/$app/$key' })
  const installation = useQuery(installationQuery(app, key))
  const maySupport = useMay('support')
  return (
    <Page
      title="One installation"
      lead={
        <>
          <span className="mono">{key}</span> of <span className="mono">{app}</span>
        </>
      }
      actions={
        installation.data !== undefined && maySupport ? (
          <>
            <BanInstallation app={app} installationKey={key} />
            <ForgetInstallation app={app} installationKey={key} />
          </>
        ) : undefined
      }
    >
      <Loaded query={installation}>{(data) => <Shown of={data} />}</Loaded>
    </Page>
  )
}

function Shown({ of }: { of: Installation }) {
  const { device, refusals } = of
  return (
    <>
      <div className="columns">
        <Section title="The device">
          <Properties>{deviceOf(of)}</Properties>
        </Section>
        <Section title="The installation">
          <Properties>{propertiesOf(of)}</Properties>
        </Section>
      </div>
      <Standing of={of} />
      <Section title="Refusals that are kept, by day (UTC)">
        {refusals.length === 0 ? (
          <Empty title="None is kept" />
        ) : (
          <ul className="rows">
            {refusals.map(({ day, outcome, code, times }) => (
              <li key={`${day} ${outcome} ${code}`}>
                <span className="muted">{day}</span>
                <OutcomeBadge outcome={outcome} />
                <span className="grow">
                  <RefusalsLink where={{ app: of.app, key: of.key, outcome, code, ...boundsOf(day) }}>
                    <code>{code}</code>
                  </RefusalsLink>{' '}
                  <span className="muted">
                    <Prose>{explanations[code]?.meaning ?? ''}</Prose>
                  </span>
                </span>
                <strong>{times === 1 ? 'once' : `${times} times`}</strong>
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section title="Its newest traces">
        {of.traces.length === 0 ? (
          <Empty title="None is kept" />
        ) : (
          <ul className="rows">
            {of.traces.map(({ trace, at, outcome, code, build }) => (
              <li key={trace}>
                <OutcomeBadge outcome={outcome} />
                <span className="grow">
                  <Link to="/attestations/$trace" params={{ trace }}>
                    <code>{code}</code>
                  </Link>{' '}
                  <span className="muted">build {build}</span>
                </span>
                <span className="muted small">
                  <Time at={at} />
                </span>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {device.vouched === null && of.evidence.length === 0 ? (
        <p className="muted">
          Nothing vouches for this device: what is known of it comes from traces, which are kept for 30 days.
        </p>
      ) : null}
    </>
  )
}

type Row = readonly [string, ReactNode]

/** What hardware or a vendor vouches for, and what the device only says, never mixed. */
function deviceOf({ device: { platform, vouched, said }, evidence }: Installation): Row[] {
  return [
    ['Platform', platform],
    [
      'Vouched for',
      vouched === null ? (
        <span className="muted">nothing: neither hardware nor a vendor has said anything of it</span>
      ) : (
        <>
          version {vouched.os_version ?? 'unknown'}
          {vouched.patch_level === null ? '' : `, patches of ${vouched.patch_level}`},{' '}
          <ExactTime at={vouched.at} />
        </>
      ),
    ],
    [
      'Only said',
      said === null ? (
        <span className="muted">nothing that is understood</span>
      ) : (
        <>
          version {said.os_version ?? 'unknown'}, model {said.model ?? 'unknown'}, <ExactTime at={said.at} />
          <span className="muted block small">Anybody can say this of themselves.</span>
        </>
      ),
    ],
    ['Evidence', evidence.map(({ format }) => format).join(', ') || 'none is remembered'],
  ]
}

function propertiesOf(of: Installation): Row[] {
  return [
    ['First seen', <ExactTime at={of.first_seen} />],
    ['Last seen', <ExactTime at={of.last_seen} />],
    [
      'Builds',
      of.builds.length === 0
        ? 'none is known'
        : of.builds.map((build, index) => (
            <span key={build}>
              {index === 0 ? '' : ', '}
              <Link to="/apps/$app/builds/$build" params={{ app: of.app, build }} className="mono">
                {build}
              </Link>
            </span>
          )),
    ],
    ...of.names.map(({ audience, installation }): Row => [
      'Name',
      <>
        <span className="mono selectable">{installation}</span> <span className="muted">at {audience}</span>
      </>,
    ]),
    ...(of.vouching_key === null
      ? []
      : [
          [
            'Vouching key',
            <span className="mono">{`${of.vouching_key.kind} ${of.vouching_key.id}`}</span>,
          ] as const,
        ]),
    ...(of.reference_said_at === null
      ? []
      : [
          [
            'Reference',
            <>
              the app gave one <ExactTime at={of.reference_said_at} />; nobody has verified it
            </>,
          ] as const,
        ]),
    ...of.other_keys.map(({ key, last_seen: at }): Row => [
      'Other key of the same',
      <>
        <Link to="/installations/$app/$key" params={{ app: of.app, key }} className="mono">
          {key}
        </Link>
        , last seen <Time at={at} />
      </>,
    ]),
  ]
}

/** Bans, the allow list, and where support may let it through. */
function Standing({ of }: { of: Installation }) {
  const mayLetThrough = useMayLetThrough()
  const isEmpty = of.bans.length + of.allowed.length + of.let_through.length === 0
  return (
    <Section title="Bans and exceptions">
      {isEmpty ? (
        <Empty title="Neither">
          It is not banned, and no policy has refused it within a day: where a measurement or evidence refused
          it, nobody can be let through.
        </Empty>
      ) : (
        <ul className="rows">
          {of.bans.map(({ kind, vouching_key: id, note, expires_at: end }) => (
            <li key={`${kind} ${id}`}>
              <span className="badge badge-bad">banned</span>
              <span className="grow">
                {kind}
                {note === null ? '' : `: ${note}`}
              </span>
              <span className="muted small">
                ends <Time at={end} absent="when it is lifted" />
              </span>
              <Link to="/bans" search={{ app: of.app } as object}>
                Bans of this app
              </Link>
            </li>
          ))}
          {of.allowed.map(({ audience, note, expires_at: end, tier }) => (
            <li key={`allowed ${audience}`}>
              <span className="badge badge-info">let through</span>
              <span className="grow">
                <span className="mono">{audience}</span>
                {tier === null ? '' : `, by support, as ${tier}`}
                {note === null ? '' : `: ${note}`}
              </span>
              <span className="muted small">
                ends <Time at={end} />
              </span>
            </li>
          ))}
          {of.let_through.map((one) => (
            <li key={`refused ${one.audience}`}>
              <TierBadge tier={one.tier} />
              <span className="grow">
                <span className="mono">{one.audience}</span> refused it:{' '}
                <Link to="/attestations/$trace" params={{ trace: one.trace }}>
                  <code>{one.code}</code>
                </Link>
              </span>
              {one.obstacle === null ? (
                mayLetThrough ? (
                  <LetThrough app={of.app} installationKey={of.key} refusal={one} />
                ) : null
              ) : (
                <span className="muted">{obstacles[one.obstacle]}</span>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

const obstacles: Readonly<Record<NonNullable<Installation['let_through'][number]['obstacle']>, string>> = {
  tier: 'the app lets nobody with this tier through',
  banned: 'it is banned',
  api: 'no longer an API of the app, or one of access tokens',
}
