import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Stats } from '@assay/protocol/schemas'
import { examineHealth } from '@assay/cli/explain'
import { explanations } from 'virtual:explanations'
import { keysQuery, serviceQuery } from '../api/queries.ts'
import { recentBuildsQuery, unservedQuery } from '../api/stats.ts'
import { Badge } from '../ui/badge.tsx'
import { shareWith } from '../ui/numbers.ts'
import { Prose, Section } from '../ui/page.tsx'
import { Time } from '../ui/time.tsx'
import { useExpiringBuilds, usePendingBuilds, useUnregisteredBuilds } from './build-matters.tsx'
import type { Look, Matter } from './matter.ts'

/** What an operator should look at now; shows nothing if there is nothing. */
export function Attention() {
  const looks = [
    useHealthMatters(),
    useUnregisteredBuilds(),
    useRecentMatters(),
    useUnserved(),
    usePendingBuilds(),
    useExpiringBuilds(),
    useEndingKeys(),
  ]
  const unread = looks.flatMap(({ failed, of }) => (failed ? [of] : []))
  const matters = [
    ...looks.flatMap(({ matters }) => matters),
    ...(unread.length === 0 ? [] : [unknown(unread)]),
  ]
  return matters.length === 0 ? null : (
    <Section title="Needs attention">
      <ul className="rows">
        {matters.map(({ id, tone, word, text }) => (
          <li key={id}>
            <Badge tone={tone}>{word}</Badge>
            <p className="grow">{text}</p>
          </li>
        ))}
      </ul>
    </Section>
  )
}

const unknown = (unread: readonly string[]): Matter => ({
  id: 'unknown',
  tone: 'warn',
  word: 'unknown',
  text: `Something may be missing here: ${new Intl.ListFormat('en').format(unread)} could not be read.`,
})

/** What `assay doctor` says about disk and database. */
function useHealthMatters(): Look {
  const { data, isError: failed } = useQuery(serviceQuery)
  const found = data === undefined ? [] : examineHealth(data.health)
  return {
    of: 'the state of the service',
    failed,
    matters: found.map(({ code, meaning, action }) => ({
      id: code,
      tone: 'bad',
      word: 'service',
      text: <Prose>{`${meaning} ${action}`}</Prose>,
    })),
  }
}

function useRecentMatters(): Look {
  const { data, isError: failed } = useQuery(recentBuildsQuery)
  const matters =
    data === undefined ? [] : [...malfunctionsIn(data.now), ...unusualBuilds(data.now, data.before)]
  return { of: 'the attestations of the last hour', failed, matters }
}

/** Requests that got 429 or 503, which no refusal shows. */
function useUnserved(): Look {
  const { data, isError: failed } = useQuery(unservedQuery)
  return {
    of: 'the requests beyond a limit',
    failed,
    matters: (data?.groups ?? []).flatMap(({ code = '', unserved = 0 }) =>
      unserved === 0
        ? []
        : [
            {
              id: `unserved ${code}`,
              tone: 'warn',
              word: 'limit',
              text: (
                <>
                  {unserved === 1 ? 'One request' : `${unserved} requests`} of the last hour got 429 or 503:{' '}
                  <code>{code}</code>. <Prose>{explanations[code]?.action ?? ''}</Prose>
                </>
              ),
            },
          ],
    ),
  }
}

function malfunctionsIn({ groups }: Stats): Matter[] {
  const count = groups.reduce((sum, { malfunctions }) => sum + malfunctions, 0)
  if (count === 0) return []
  return [
    {
      id: 'malfunctions',
      tone: 'bad',
      word: 'malfunctions',
      text: (
        <>
          {count === 1 ? 'One attestation' : `${count} attestations`} of the last hour ended in a malfunction,
          which is the service’s fault or a vendor’s.{' '}
          <Link to="/refusals" search={{ outcome: 'malfunction' } as object}>
            Look at them
          </Link>
        </>
      ),
    },
  ]
}

/** Refusals within an hour below which a build is not mentioned. */
const fewRefusals = 10
/** A share of refusals that is unusual if it has risen. */
const unusualShare = 0.2
/** A share that is unusual whatever was before, of so many attestations that proved possession. */
const mostly = { share: 0.5, attestations: 20 }
const share = shareWith(0)

/** Builds of which more than half is refused; or more than a fifth, and more than twice as much as on the day before. */
function unusualBuilds(now: Stats, before: Stats): Matter[] {
  const nameOf = ({ app = '', build = '' }: Stats['groups'][number]) => `${app} ${build}`
  const usual = new Map(before.groups.map((group) => [nameOf(group), shareOf(group)]))
  return now.groups
    .filter(({ app, build, refused }) => app !== '' && build !== '' && refused >= fewRefusals)
    .map((group) => ({ group, is: shareOf(group), was: usual.get(nameOf(group)) }))
    .filter(({ group, is, was = 0 }) => isMostlyRefused(group) || (is > unusualShare && is > 2 * was))
    .sort((one, other) => other.group.refused - one.group.refused)
    .slice(0, 5)
    .map(({ group, is, was }) => ({
      id: `build ${nameOf(group)}`,
      tone: 'warn',
      word: 'refusals',
      text: (
        <>
          Build <span className="mono">{group.build}</span> of <span className="mono">{group.app}</span>:{' '}
          {share.format(is)} of its attestations of the last hour were refused,{' '}
          {was === undefined
            ? 'and it was not seen on the day before'
            : `and ${share.format(was)} on the day before`}
          .{' '}
          <Link to="/refusals" search={{ app: group.app, build: group.build, hours: '1' } as object}>
            See why
          </Link>
        </>
      ),
    }))
}

const isMostlyRefused = (group: Stats['groups'][number]): boolean =>
  group.passed + group.refused >= mostly.attestations && shareOf(group) > mostly.share

const shareOf = ({ passed, refused }: Pick<Stats['groups'][number], 'passed' | 'refused'>): number =>
  passed + refused === 0 ? 0 : refused / (passed + refused)

/** Milliseconds before its expiry at which a key is mentioned. */
const soon = 14 * 86_400_000

/** Keys that are mentioned by name. */
const mostKeys = 5

/** The next to expire first; then those that have expired, the last first: nobody has to remove them. */
function useEndingKeys(): Look {
  const keys = useQuery(keysQuery)
  const now = Date.now()
  const ending = (keys.data ?? [])
    .flatMap(({ id, name, expires_at: at }) =>
      at === null ? [] : [{ id, name, at, left: Date.parse(at) - now }],
    )
    .filter(({ left }) => left < soon)
    .sort(
      (one, other) =>
        Number(one.left < 0) - Number(other.left < 0) || Math.abs(one.left) - Math.abs(other.left),
    )
  const matters = ending.slice(0, mostKeys).map(({ id, name, at, left }): Matter => ({
    id: `key ${id}`,
    tone: left < 0 ? 'bad' : 'warn',
    word: 'API key',
    text: (
      <>
        The key {name === '' ? id : `“${name}”`} {left < 0 ? 'expired' : 'expires'} <Time at={at} />.{' '}
        <Link to="/keys">Replace it</Link>
      </>
    ),
  }))
  const more = ending.length - matters.length
  return {
    of: 'API keys',
    failed: keys.isError,
    matters: more > 0 ? [...matters, moreKeys(more)] : matters,
  }
}

const moreKeys = (count: number): Matter => ({
  id: 'more keys',
  tone: 'warn',
  word: 'API key',
  text: (
    <>
      {count} more{' '}
      {count === 1 ? 'expires within two weeks or has expired' : 'expire within two weeks or have expired'}.{' '}
      <Link to="/keys">Look at them</Link>
    </>
  ),
})
