import type { ReactNode } from 'react'
import type { UseQueryResult } from '@tanstack/react-query'
import { explanations } from 'virtual:explanations'
import { ApiProblem } from '../api/client.ts'
import { Icon } from './icons.tsx'
import { useOfflineSince } from './online.ts'
import { Prose } from './page.tsx'
import { ClockTime } from './time.tsx'

/** Shown while there is no data. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children === undefined ? null : <div className="muted">{children}</div>}
    </div>
  )
}

/** What the service refused, in the words of the CLI. */
export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = error instanceof ApiProblem ? error : undefined
  const explained = problem === undefined ? undefined : explanations[problem.code]
  return (
    <div className="problem" role="alert">
      <Icon name="alert" />
      <div>
        <p className="problem-title">{problem?.message ?? 'Something went wrong in the console'}</p>
        {explained === undefined ? null : (
          <p>
            <Prose>{adviceOf(problem?.code, explained.action)}</Prose>
          </p>
        )}
        {problem === undefined || problem.errors.length === 0 ? null : (
          <ul>
            {problem.errors.map(({ pointer, code }) => (
              <li key={`${pointer} ${code}`}>
                <strong>{memberIn(pointer)}</strong>: <Prose>{faultIn(pointer, code)}</Prose>
              </li>
            ))}
          </ul>
        )}
        <p className="muted small">
          {problem === undefined ? null : <code>{problem.code}</code>}
          {problem?.trace === undefined ? null : <> · trace {problem.trace}</>}
        </p>
        {retry === undefined ? null : (
          <button type="button" className="button" onClick={retry}>
            Try again
          </button>
        )}
      </div>
    </div>
  )
}

/** The CLI's advice, if it applies to the console too. */
function adviceOf(code: string | undefined, action: string): string {
  switch (code) {
    case 'unauthorized':
      return 'Sign in with a key that `assay init` or `assay key add` of this very service showed.'
    case 'request_invalid':
      return 'Correct what is named here, and try again.'
    case 'app_not_found':
      return 'It may have been removed. Choose one under Apps and builds.'
    case 'build_not_found':
      return 'It may have been removed. Choose one on the page of its app.'
    case 'scope_insufficient':
      return 'Ask somebody with an admin key, or sign in with one.'
    case 'trace_not_found':
      return 'Make sure that it was copied whole. Traces are kept for 30 days, and the newest 100,000 of them.'
    default:
      return action
  }
}

/** What is wrong with a member, where its code alone does not say it. */
const faultIn = (pointer: string, code: string): string =>
  pointer === '/reference'
    ? 'it must have 1 to 128 bytes of UTF-8, without control characters'
    : (explanations[code]?.meaning ?? code)

/** What a pointer (RFC 6901) leads to, as the label of a field may have it: `token lifetime`, `tiers 1`. */
const memberIn = (pointer: string): string =>
  pointer === '' ? 'The whole' : pointer.slice(1).replaceAll(/[/_]/g, ' ')

export function Loading({ label = 'Loading' }: { label?: string }) {
  return (
    <div className="loading" role="status">
      <span className="skeleton" />
      <span className="skeleton" />
      <span className="skeleton" />
      <span className="visually-hidden">{label}</span>
    </div>
  )
}

/** Shown above the data of a query that could not be refreshed. */
export function Outdated({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <div className="outdated" role="status">
      <Icon name="alert" />
      <p className="grow">
        {error instanceof ApiProblem ? error.message : 'Something went wrong in the console'}: what is shown
        may be out of date.
      </p>
      <button type="button" className="button button-small" onClick={retry}>
        Try again
      </button>
    </div>
  )
}

/** The data of a query, or a placeholder. A failure removes nothing that is shown, typed or about to be read. */
export function Loaded<T>({
  query,
  children,
}: {
  query: UseQueryResult<T>
  children: (data: T) => ReactNode
}) {
  const { data, error, fetchStatus } = query
  const retry = () => void query.refetch()
  if (data === undefined && error === null && fetchStatus === 'paused')
    return <Empty title="This browser is offline">It is read as soon as there is a network.</Empty>
  if (data === undefined) return error === null ? <Loading /> : <Problem error={error} retry={retry} />
  return (
    <>
      {error === null ? null : <Outdated error={error} retry={retry} />}
      {children(data)}
    </>
  )
}

/** Shown on every page while there is no network: nothing that stands on it is refreshed. */
export function Offline() {
  const since = useOfflineSince()
  return since === undefined ? null : (
    <div className="outdated" role="status">
      <Icon name="alert" />
      <p className="grow">
        This browser is offline (since <ClockTime at={since} />
        ): what you see may be out of date. It is refreshed as soon as there is a network.
      </p>
    </div>
  )
}
