import { useEffect, useRef, useState } from 'react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, Outlet, useRouter, useRouterState } from '@tanstack/react-router'
import { serviceQuery } from '../api/queries.ts'
import { sessionQuery, signOut } from '../api/session.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Icon, type IconName } from '../ui/icons.tsx'
import { Problem } from '../ui/states.tsx'
import { Brand } from './brand.tsx'
import { useConfined } from './may.ts'
import { SearchBox } from '../ui/search-box.tsx'
import { applyTheme, readTheme, type Theme } from './theme.ts'
import { applyTimes, useTimes, type Times } from '../ui/times.ts'
import { zoneName } from '../ui/zone.ts'

const places = [
  { to: '/', name: 'Overview', icon: 'overview' },
  { to: '/apps', name: 'Apps and builds', icon: 'apps' },
  { to: '/attestations', name: 'Attestations', icon: 'attestations' },
  { to: '/refusals', name: 'Refusals', icon: 'alert' },
  { to: '/rollout', name: 'Roll out', icon: 'rollout' },
  { to: '/installations', name: 'Installations', icon: 'devices' },
  { to: '/apis', name: 'APIs', icon: 'apis' },
  { to: '/policies', name: 'Policies', icon: 'policies' },
  { to: '/bans', name: 'Bans and test devices', icon: 'bans' },
  { to: '/keys', name: 'API keys', icon: 'keys' },
  { to: '/audit', name: 'Audit log', icon: 'audit' },
] as const satisfies readonly { to: string; name: string; icon: IconName }[]

/** What a support key sees: devices, their refusals and bans, of its apps. */
const ofSupport: readonly string[] = ['/refusals', '/installations', '/bans']

/** Navigation, who is signed in, and the page. */
export function Shell() {
  const [open, setOpen] = useState(false)
  const isConfined = useConfined() !== undefined
  const shown = places.filter(({ to }) => !isConfined || ofSupport.includes(to))
  const router = useRouter()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const main = useRef<HTMLElement>(null)
  const first = useRef(true)
  useEffect(() => {
    setOpen(false)
    // Readers of a new page start at its top; the first time the browser takes care of that.
    if (!first.current) main.current?.focus()
    first.current = false
  }, [path])
  // While it is hidden, the router does not hear that the browser went back.
  useEffect(() => void router.load(), [router])
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="topbar">
        <button
          type="button"
          className="icon-button menu-button"
          aria-label="Navigation"
          aria-expanded={open}
          aria-controls="navigation"
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? 'close' : 'menu'} />
        </button>
        <Brand />
        <Server />
        <Account />
      </header>
      <nav id="navigation" className={`navigation${open ? ' is-open' : ''}`} aria-label="Console">
        <div className="navigation-inner">
          <SearchBox />
          <ul>
            {shown.map(({ to, name, icon }) => (
              <li key={to}>
                <Link to={to} activeOptions={{ exact: to === '/' }} activeProps={{ 'aria-current': 'page' }}>
                  <Icon name={icon} />
                  {name}
                </Link>
              </li>
            ))}
          </ul>
          <div className="choices">
            <TimesChoice />
            <ThemeChoice />
          </div>
        </div>
      </nav>
      <main id="main" ref={main} className="main" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  )
}

function Server() {
  // A key for support may not ask, and the audit log would count that it tried.
  const mayAsk = useConfined() === undefined
  const { data } = useQuery({ ...serviceQuery, enabled: mayAsk })
  if (data === undefined) return <span className="server" />
  return (
    <span className="server">
      {data.public_url.replace(/^https?:\/\//, '')} <span className="muted small">{data.version}</span>
      {data.test_vendors ? <span className="badge badge-warn">test roots</span> : null}
    </span>
  )
}

function Account() {
  const { data } = useQuery(sessionQuery)
  const work = useMutation({
    mutationFn: signOut,
    // Without a network it must fail at once, and not wait for one.
    networkMode: 'always',
    // A new page has nothing of what this one read.
    onSuccess: () => window.location.reload(),
  })
  return (
    <div className="account">
      <span className="account-name">
        <span className="account-key">{data?.key.name}</span>
        <span className="muted small">{data?.key.scope}</span>
      </span>
      <button
        type="button"
        className="button button-small"
        disabled={work.isPending}
        onClick={() => work.mutate()}
      >
        Sign out
      </button>
      {work.isError ? (
        <Dialog title="You are still signed in" onClose={() => work.reset()}>
          <Problem error={work.error} retry={() => work.mutate()} />
        </Dialog>
      ) : null}
    </div>
  )
}

/** How all moments of all pages are shown. */
function TimesChoice() {
  const local = zoneName('local')
  return (
    <label className="theme-choice">
      Times
      <select
        className="input"
        value={useTimes()}
        onChange={({ target }) => applyTimes(target.value as Times)}
      >
        <option value="ago">How long ago</option>
        <option value="local">Exact, in {local}</option>
        {local === 'UTC' ? null : <option value="utc">Exact, in UTC</option>}
      </select>
    </label>
  )
}

function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>(readTheme)
  return (
    <label className="theme-choice">
      Appearance
      <select
        className="input"
        value={theme}
        onChange={(event) => {
          const chosen = event.target.value as Theme
          applyTheme(chosen)
          setTheme(chosen)
        }}
      >
        <option value="system">As the system</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  )
}
