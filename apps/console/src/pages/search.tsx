import { useEffect, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useRouterState } from '@tanstack/react-router'
import { codesIn, traceInGroups } from '@assay/cli/explain'
import type { SearchResult } from '@assay/protocol/schemas'
import { explanations } from 'virtual:explanations'
import { searchQuery } from '../api/queries.ts'
import { useConfined } from '../shell/may.ts'
import { RefusalsLink } from '../ui/links.tsx'
import { Page, Prose, Section } from '../ui/page.tsx'
import { Empty, Loaded } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'

/** Lists the things that a text names. A single find is opened at once, unless it rests on an app's own reference. */
export function SearchPage() {
  const text = useRouterState({ select: ({ location }) => location.state.searched ?? '' })
  const found = useQuery({ ...searchQuery(text), enabled: text !== '' })
  const codes = codesIn(text, (code) => Object.hasOwn(explanations, code))
  const navigate = useNavigate()
  useEffect(() => {
    if (found.data === undefined || codes.length > 0) return
    const { traces, installations, builds } = found.data
    if (traces.length + installations.length + builds.length !== 1) return
    const [trace, installation] = [traces[0], installations[0]]
    if (trace !== undefined)
      void navigate({ to: '/attestations/$trace', params: { trace: trace.trace }, replace: true })
    else if (installation !== undefined && installation.found_by !== 'reference')
      void navigate({
        to: '/installations/$app/$key',
        params: { app: installation.app, key: installation.key },
        replace: true,
      })
  }, [found.data, codes.length, navigate])
  return (
    <Page
      title="Search"
      lead={text === '' ? 'Write what you have into “Find anything”.' : <Quoted text={text} />}
    >
      {text === '' ? null : <Loaded query={found}>{(data) => <Found found={data} codes={codes} />}</Loaded>}
    </Page>
  )
}

const Quoted = ({ text }: { text: string }) => <span className="mono">{text}</span>

function Found({ found, codes }: { found: SearchResult; codes: readonly string[] }) {
  const { traces, installations, builds, truncated } = found
  const isConfined = useConfined() !== undefined
  const count = traces.length + installations.length + builds.length + codes.length
  return (
    <>
      <p role="status" className="muted">
        {count === 1 ? 'One find' : `${count} finds`}
      </p>
      {truncated ? <p className="warn-text">There are more apps than one search looks through.</p> : null}
      {count > 0 ? null : (
        <Empty title="Nothing is kept under anything in this text">
          Traces of what passed are not kept, and none for longer than 30 days. The last character of a trace
          checks the others: have it read out again. References are found only where the app sends them.
        </Empty>
      )}
      <Finds title="Traces">
        {traces.map(({ trace, app, build, code, at }) => (
          <li key={trace}>
            <Link to="/attestations/$trace" params={{ trace }} className="mono">
              {traceInGroups(trace)}
            </Link>
            <span className="grow">
              <code>{code}</code>, {app}, build {build}
            </span>
            <Time at={at} />
          </li>
        ))}
      </Finds>
      <Finds title="Installations">
        {installations.map(({ app, key, found_by: by, last_seen: at }) => (
          <li key={`${app} ${key}`}>
            <Link to="/installations/$app/$key" params={{ app, key }} className="mono">
              {key}
            </Link>
            <span className="grow">
              {app}, by {by}
              {by === 'reference' ? (
                <span className="warn-text block">
                  This reference is what the app said. Nobody has verified the user behind it: do not act on
                  it alone.
                </span>
              ) : null}
            </span>
            <Time at={at} />
          </li>
        ))}
      </Finds>
      <Finds title="Builds">
        {builds.map(({ app, id, state }) => (
          <li key={`${app} ${id}`}>
            {isConfined ? (
              <RefusalsLink where={{ app, build: id }} className="mono">
                {id}
              </RefusalsLink>
            ) : (
              <Link to="/apps/$app/builds/$build" params={{ app, build: id }} className="mono">
                {id}
              </Link>
            )}
            <span className="grow">
              {app}, {state}
            </span>
          </li>
        ))}
      </Finds>
      <Finds title="Codes">
        {codes.map((code) => (
          <li key={code}>
            <RefusalsLink where={{ code }} className="mono">
              {code}
            </RefusalsLink>
            <span className="grow">
              <Prose>{explanations[code]?.meaning ?? ''}</Prose>
            </span>
          </li>
        ))}
      </Finds>
    </>
  )
}

function Finds({ title, children }: { title: string; children: ReactNode[] }) {
  return children.length === 0 ? null : (
    <Section title={title}>
      <ul className="rows">{children}</ul>
    </Section>
  )
}
