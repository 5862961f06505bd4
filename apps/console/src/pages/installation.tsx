import type { ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { Installation } from '@assay/protocol/schemas'
import { explanations } from 'virtual:explanations'
import { installationQuery } from '../api/installations.ts'
import { useMay, useMayLetThrough, useMayLift } from '../shell/may.ts'
import { OutcomeBadge } from '../ui/badge.tsx'
import { keyKindInWords } from '../ui/key-kinds.ts'
import { RefusalsLink } from '../ui/links.tsx'
import { Page, Properties, Prose, Section } from '../ui/page.tsx'
import { Empty, Loaded } from '../ui/states.tsx'
import { boundsOf } from '../ui/moment.ts'
import { ExactTime, Time } from '../ui/time.tsx'
import { BanInstallation, ForgetInstallation, LetThrough, noHelp } from './installation-actions.tsx'
import { LiftBan, liftedByOthers } from './lift-ban.tsx'

/** What `assay installation show` says, and what may be done about it. */
export function InstallationPage() {
  const { app, key } = useParams({ from: '/installations/$app/$key' })
  const installation = useQuery(installationQuery(app, key))
  const maySupport = useMay('support')
  const mayLift = useMayLift()
  // Whoever may not lift a ban may not put another in its place.
  const isMayBan = ({ bans }: Installation) => bans.every(mayLift)
  return (
    <Page
      title="Installation"
      lead={
        <>
          <span className="mono">{key}</span> of <span className="mono">{app}</span>
        </>
      }
      actions={
        installation.data !== undefined && maySupport ? (
          <>
            {isMayBan(installation.data) ? <BanInstallation app={app} installationKey={key} /> : null}
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
      <Standing of={of} />
      <div className="columns">
        <Section title="The device">
          <Properties>{deviceOf(of)}</Properties>
        </Section>
        <Section title="The installation">
          <Properties>{propertiesOf(of)}</Properties>
        </Section>
      </div>
      <Section title="Refusals by day (UTC)">
        {refusals.length === 0 ? (
          <Empty title="No refusals are kept" />
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
      <Section title="Newest traces">
        {of.traces.length === 0 ? (
          <Empty title="No traces are kept" />
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
          Nothing vouches for this device. What is known of it comes from traces, which are kept for 30 days.
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
        <span className="muted">nothing: neither hardware nor a vendor vouches for it</span>
      ) : (
        <>
          OS version {vouched.os_version ?? 'unknown'}
          {vouched.patch_level === null ? '' : `, patch level ${vouched.patch_level}`},{' '}
          <ExactTime at={vouched.at} />
        </>
      ),
    ],
    [
      'Self-reported',
      said === null ? (
        <span className="muted">nothing that the service understands</span>
      ) : (
        <>
          OS version {said.os_version ?? 'unknown'}, model {said.model ?? 'unknown'},{' '}
          <ExactTime at={said.at} />
          <span className="muted block small">Nobody has verified this.</span>
        </>
      ),
    ],
    ['Evidence', evidence.map(({ format }) => format).join(', ') || 'none remembered'],
  ]
}

function propertiesOf(of: Installation): Row[] {
  return [
    ['First seen', <ExactTime at={of.first_seen} />],
    ['Last seen', <ExactTime at={of.last_seen} />],
    [
      'Builds',
      of.builds.length === 0
        ? 'none known'
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
      `Name at ${audience}`,
      <span className="mono selectable">{installation}</span>,
    ]),
    ...(of.vouching_key === null
      ? []
      : [
          [
            'Vouching key',
            <>
              {keyKindInWords(of.vouching_key.kind)}, <span className="mono">{of.vouching_key.id}</span>
            </>,
          ] as const,
        ]),
    ...(of.reference_said_at === null
      ? []
      : [
          [
            'Reference',
            <>
              given by the app <ExactTime at={of.reference_said_at} />, unverified
            </>,
          ] as const,
        ]),
    ...of.other_keys.map(({ key, last_seen: at }): Row => [
      'Same hardware',
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
  const maySupport = useMay('support')
  const mayLift = useMayLift()
  const isEmpty = of.bans.length + of.allowed.length + of.let_through.length === 0
  return (
    <Section title="Bans and exceptions">
      {isEmpty ? (
        <Empty title="Not banned, and nothing to let through">
          Only what a policy refused within the last day can be let through: not code that differs, and not
          evidence that does not hold.
        </Empty>
      ) : (
        <ul className="rows">
          {of.bans.map((ban) => (
            <li key={`${ban.kind} ${ban.vouching_key}`}>
              <span className="badge badge-bad">banned</span>
              <span className="grow">
                {keyKindInWords(ban.kind)}
                {ban.note === null ? '' : `: ${ban.note}`}
              </span>
              <span className="muted small">
                ends <Time at={ban.expires_at} absent="when it is lifted" />
              </span>
              {mayLift(ban) ? (
                <LiftBan ban={ban} />
              ) : maySupport ? (
                <span className="muted">{liftedByOthers}</span>
              ) : null}
            </li>
          ))}
          {of.allowed.map(({ audience, note, expires_at: end, tier }) => (
            <li key={`allowed ${audience}`}>
              <span className="badge badge-info">let through</span>
              <span className="grow">
                <span className="mono">{audience}</span>
                {tier === null ? '' : `, by support, as ${tier}`}
                {note === null ? '' : `: ${note}`}
                {isNoHelp(of, audience) ? <span className="warn-text block">{noHelp}</span> : null}
              </span>
              <span className="muted small">
                ends <Time at={end} />
              </span>
            </li>
          ))}
          {of.let_through.map((one) => (
            <li key={`refused ${one.audience}`}>
              <span className="badge badge-bad">refused</span>
              <span className="grow">
                by the policy of <span className="mono">{one.audience}</span>, as {one.tier}:{' '}
                <Link to="/attestations/$trace" params={{ trace: one.trace }}>
                  <code>{one.code}</code>
                </Link>
                {one.obstacle === null && !one.allow_listed && !hasEntry(of, one.audience) ? (
                  <span className="warn-text block">{noHelp}</span>
                ) : null}
              </span>
              {one.obstacle === null ? (
                mayLetThrough && !hasEntry(of, one.audience) ? (
                  <LetThrough app={of.app} installationKey={of.key} refusal={one} />
                ) : maySupport && !mayLetThrough ? (
                  <span className="muted">A key that may let installations through can do so.</span>
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

/** Whether the API is known to refuse those that are let through: by a refusal of the last day, which says so. */
const isNoHelp = ({ let_through: refused }: Installation, audience: string) =>
  refused.some((one) => one.audience === audience && !one.allow_listed)

/** Whether it is let through there already. */
const hasEntry = ({ allowed }: Installation, audience: string) =>
  allowed.some((entry) => entry.audience === audience)

const obstacles: Readonly<Record<NonNullable<Installation['let_through'][number]['obstacle']>, string>> = {
  tier: 'Cannot be let through: the app excludes this tier. An operator can change that in its settings.',
  banned: 'Cannot be let through: it is banned.',
  code: 'Cannot be let through: its code is not that of the registered build.',
  api: 'Cannot be let through: the API takes access tokens, or is none of the app any more.',
}
