import { useMemo } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import {
  claimsInWords,
  explainTrace,
  policyOf,
  scopeInWords,
  type TraceExplanation,
} from '@assay/cli/explain'
import { explanations } from 'virtual:explanations'
import { traceQuery } from '../api/queries.ts'
import { useMay } from '../shell/may.ts'
import { Badge, OutcomeBadge, StateBadge, TierBadge } from '../ui/badge.tsx'
import { RefusalsLink } from '../ui/links.tsx'
import { Properties, Page, Prose, Section } from '../ui/page.tsx'
import { Empty, Loaded } from '../ui/states.tsx'
import { agoInWords, ExactTime } from '../ui/time.tsx'
import { BuildWarnings, versionOf } from './build-words.tsx'

const unknown = {
  meaning: 'The console does not know the code.',
  action: 'Look it up in docs/errors.md of the service.',
  section: '',
}
const explain = (code: string) => explanations[code] ?? unknown

const titles: Readonly<Record<TraceExplanation['trace']['outcome'], string>> = {
  denied: 'Refused attestation',
  malfunction: 'Attestation with a malfunction',
  hearsay: 'Reported attestation',
}

/** What `assay doctor TRACE` says. */
export function AttestationPage() {
  const { trace: id } = useParams({ from: '/attestations/$trace' })
  const record = useQuery(traceQuery(id))
  const explained = useMemo(
    () => (record.data === undefined ? undefined : explainTrace(record.data, explain)),
    [record.data],
  )
  return (
    <Page
      title={record.data === undefined ? 'Attestation' : titles[record.data.trace.outcome]}
      lead={
        <>
          Trace <span className="mono">{id}</span>
        </>
      }
      actions={record.data === undefined ? undefined : <ToInstallation trace={record.data.trace} />}
    >
      <Loaded query={record}>
        {() => (explained === undefined ? null : <Explained explained={explained} />)}
      </Loaded>
    </Page>
  )
}

function Explained({ explained }: { explained: TraceExplanation }) {
  const { trace, explanation, app, appraisal, segments } = explained
  const { may_read_all: isAll } = trace
  return (
    <>
      <section className="card outcome" aria-label="What happened">
        <div className="outcome-head">
          <OutcomeBadge outcome={trace.outcome} />
          <RefusalsLink className="outcome-code" where={{ app: trace.app, code: trace.code }}>
            <code>{trace.code}</code>
          </RefusalsLink>
          <span className="muted">
            <Link to="/apps/$app" params={{ app: trace.app }}>
              {trace.app}
            </Link>
            , build{' '}
            <RefusalsLink className="mono" where={{ app: trace.app, build: trace.build }}>
              {trace.build}
            </RefusalsLink>
            , <ExactTime at={trace.at} />
          </span>
        </div>
        <Properties>
          {[
            ['What it means', <Prose>{explanation.meaning}</Prose>],
            ['What to do', <Prose>{explanation.action}</Prose>],
            ['This device, or all?', whoIsConcerned(explained)],
          ]}
        </Properties>
      </section>
      {appraisal === null ? null : <Appraisal appraisal={appraisal} code={trace.code} />}
      {segments.length === 0 ? null : <Segments segments={segments} />}
      {explained.bytes_of === null ? null : <p>The bytes are those of build {explained.bytes_of}.</p>}
      <Device trace={trace} />
      <div className="columns">
        <BuildProperties explained={explained} />
        <Section title="The app">
          {app === null ? (
            <Empty title="It is not registered any more" />
          ) : (
            <Properties>
              {[
                ['Evidence', ['software measurement', ...Object.keys(app.evidence)].join(', ')],
                ['Optional evidence', app.optional_evidence.join(', ') || 'none'],
                ['Policy', policyOf(app)],
              ]}
            </Properties>
          )}
        </Section>
      </div>
      {isAll ? null : (
        <p className="muted">
          Your key does not see the rest of this build, other builds of the app, and how often which code
          refused it: a key of scope read does.
        </p>
      )}
      <Apis explained={explained} />
    </>
  )
}

/** The way to what may be done about it. */
function ToInstallation({ trace: { app, key } }: Pick<TraceExplanation, 'trace'>) {
  const maySupport = useMay('support')
  return key === null ? null : (
    <Link to="/installations/$app/$key" params={{ app, key }} className="button button-primary">
      {maySupport ? 'Let through, ban or forget' : 'Its installation'}
    </Link>
  )
}

/** What is known of the sender, where it proved possession of a key, and the way to the rest. */
function Device({ trace: { app, key, device } }: Pick<TraceExplanation, 'trace'>) {
  if (key === null)
    return (
      <Section title="The device">
        <p className="muted">The sender proved possession of no key, so no device can be named.</p>
      </Section>
    )
  return (
    <Section title="The device">
      <Properties>
        {[
          [
            'Installation',
            <Link to="/installations/$app/$key" params={{ app, key }} className="mono">
              {key}
            </Link>,
          ],
          ['Vouched for', versionIn(device?.vouched?.os_version, device?.vouched?.patch_level)],
          ['Self-reported', versionIn(device?.said?.os_version, device?.said?.model)],
        ]}
      </Properties>
    </Section>
  )
}

const versionIn = (...parts: readonly (string | null | undefined)[]): string =>
  parts.filter((part) => part !== null && part !== undefined).join(', ') || 'nothing'

function whoIsConcerned(explained: TraceExplanation): string {
  const { scope, trace, refusals } = explained
  const counts = refusals.map(({ count, code }) => `${count} times with ${code}`).join(', ')
  const lately =
    counts === '' || scope === 'service' ? '' : ` The build was refused in the last 7 days: ${counts}.`
  return scopeInWords(explained, agoInWords(trace.registered_build?.last_seen_at ?? null)) + lately
}

function Appraisal({
  appraisal,
  code,
}: {
  appraisal: NonNullable<TraceExplanation['appraisal']>
  code: string
}) {
  return (
    <Section title="How it was appraised">
      <p>
        <TierBadge tier={appraisal.tier} /> by policy {appraisal.policies.join('; ')}, for these reasons, the
        gravest first:
      </p>
      <ul className="reasons">
        {appraisal.reasons.map((reason) => (
          <li key={reason.code}>
            <RefusalsLink where={{ code: reason.code }}>
              <code>{reason.code}</code>
            </RefusalsLink>
            {reason.code === code ? (
              <span className="muted"> as above</span>
            ) : (
              <>
                <p>
                  <Prose>{reason.meaning}</Prose>
                </p>
                <p className="muted">
                  <Prose>{reason.action}</Prose>
                </p>
              </>
            )}
          </li>
        ))}
      </ul>
      <Properties>
        {appraisal.parts.map(
          ({ part, tier, vector }) => [`AR4SI ${part}`, `${tier}: ${claimsInWords(vector)}`] as const,
        )}
      </Properties>
    </Section>
  )
}

function Segments({ segments }: Pick<TraceExplanation, 'segments'>) {
  return (
    <Section title="What differs" flush>
      <div className="table-scroller" role="region" aria-label="Segments that differ" tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Segment</th>
              <th scope="col">Kind</th>
              <th scope="col">Registered with</th>
            </tr>
          </thead>
          <tbody>
            {segments.map(({ name, registered }) => (
              <tr key={name}>
                <td className="mono">{name}</td>
                <td>{registered?.kind ?? (name.startsWith('live:') ? 'function' : '–')}</td>
                <td>
                  {registered === undefined ? (
                    'your key does not see this'
                  ) : registered === null ? (
                    name.startsWith('live:') ? (
                      'the SDK as the engine shows it'
                    ) : (
                      'not registered'
                    )
                  ) : (
                    <>
                      {registered.length.toLocaleString('en')} bytes,{' '}
                      <span className="mono">{registered.sha256.slice(0, 16)}…</span>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}

function BuildProperties({
  explained: {
    build,
    trace: { registered_build: known },
    other_builds: others,
  },
}: {
  explained: TraceExplanation
}) {
  return (
    <Section title="The build">
      {known === null ? (
        <Empty title="It is not registered, or no longer registered" />
      ) : (
        <Properties>
          {[
            ['State', <StateBadge state={known.state} />],
            ['Version', versionOf(known)],
            ['Registered', <ExactTime at={known.created_at} />],
            ['Last passed', <ExactTime at={known.last_seen_at} />],
            ...(build === null
              ? []
              : ([
                  ['Framework', `${build.framework}, SDK ${build.sdk ?? 'not found'}`],
                  ['Coverage', build.coverage],
                  ['Debuggable', build.debuggable ? <Badge tone="bad">yes</Badge> : 'no'],
                  ['Warnings', <BuildWarnings of={build.warnings} />],
                  ['Other builds', others.map(({ id, state }) => `${id} (${state})`).join(', ') || 'none'],
                ] as const)),
          ]}
        </Properties>
      )}
    </Section>
  )
}

function Apis({
  explained: {
    trace: { apis },
  },
}: {
  explained: TraceExplanation
}) {
  return (
    <Section title="APIs that the app may call">
      {apis.length === 0 ? (
        <Empty title="None" />
      ) : (
        <ul className="rows">
          {apis.map(({ audience, tiers, enforcement }) => (
            <li key={audience}>
              <span className="grow mono">{audience}</span>
              {tiers.map((tier) => (
                <TierBadge key={tier} tier={tier} />
              ))}
              <Badge tone={enforcement === 'enforce' ? 'good' : 'warn'}>{enforcement}</Badge>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
