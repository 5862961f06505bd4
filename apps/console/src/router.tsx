import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link } from '@tanstack/react-router'
import { ApiProblem } from './api/client.ts'
import { Shell } from './shell/shell.tsx'
import { Page } from './ui/page.tsx'
import { Problem } from './ui/states.tsx'

/**
 * Without a network the part of a page that is not loaded yet is missing, and the router would load the whole page anew:
 * what was typed would be lost to the browser's own page.
 */
const pageOf = <Module extends Record<string, unknown>, Name extends keyof Module & string>(
  load: () => Promise<Module>,
  name: Name,
) =>
  lazyRouteComponent(
    () =>
      load().catch((cause: unknown) => {
        throw navigator.onLine ? cause : new ApiProblem(0, {})
      }),
    name,
  )

const rootRoute = createRootRoute({ component: Shell })

const overview = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: pageOf(() => import('./pages/overview.tsx'), 'OverviewPage'),
})
const apps = createRoute({
  getParentRoute: () => rootRoute,
  path: '/apps',
  component: pageOf(() => import('./pages/apps.tsx'), 'AppsPage'),
})
const app = createRoute({
  getParentRoute: () => rootRoute,
  path: '/apps/$app',
  component: pageOf(() => import('./pages/app.tsx'), 'AppPage'),
})
const build = createRoute({
  getParentRoute: () => rootRoute,
  path: '/apps/$app/builds/$build',
  component: pageOf(() => import('./pages/build.tsx'), 'BuildPage'),
})
const attestations = createRoute({
  getParentRoute: () => rootRoute,
  path: '/attestations',
  component: pageOf(() => import('./pages/attestations.tsx'), 'AttestationsPage'),
})
const attestation = createRoute({
  getParentRoute: () => rootRoute,
  path: '/attestations/$trace',
  component: pageOf(() => import('./pages/attestation.tsx'), 'AttestationPage'),
})
const rollout = createRoute({
  getParentRoute: () => rootRoute,
  path: '/rollout',
  component: pageOf(() => import('./pages/rollout.tsx'), 'RolloutPage'),
})
const installations = createRoute({
  getParentRoute: () => rootRoute,
  path: '/installations',
  component: pageOf(() => import('./pages/installations.tsx'), 'InstallationsPage'),
})
const installation = createRoute({
  getParentRoute: () => rootRoute,
  path: '/installations/$app/$key',
  component: pageOf(() => import('./pages/installation.tsx'), 'InstallationPage'),
})
const refusals = createRoute({
  getParentRoute: () => rootRoute,
  path: '/refusals',
  component: pageOf(() => import('./pages/refusals.tsx'), 'RefusalsPage'),
})
const search = createRoute({
  getParentRoute: () => rootRoute,
  path: '/search',
  component: pageOf(() => import('./pages/search.tsx'), 'SearchPage'),
})
const apis = createRoute({
  getParentRoute: () => rootRoute,
  path: '/apis',
  component: pageOf(() => import('./pages/apis.tsx'), 'ApisPage'),
})
const api = createRoute({
  getParentRoute: () => rootRoute,
  path: '/apis/$api',
  component: pageOf(() => import('./pages/api.tsx'), 'ApiPage'),
})
const policies = createRoute({
  getParentRoute: () => rootRoute,
  path: '/policies',
  component: pageOf(() => import('./pages/policies.tsx'), 'PoliciesPage'),
})
const policy = createRoute({
  getParentRoute: () => rootRoute,
  path: '/policies/$policy',
  component: pageOf(() => import('./pages/policy.tsx'), 'PolicyPage'),
})
const bans = createRoute({
  getParentRoute: () => rootRoute,
  path: '/bans',
  component: pageOf(() => import('./pages/bans.tsx'), 'BansPage'),
})
const keys = createRoute({
  getParentRoute: () => rootRoute,
  path: '/keys',
  component: pageOf(() => import('./pages/keys.tsx'), 'KeysPage'),
})
const audit = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit',
  component: pageOf(() => import('./pages/audit.tsx'), 'AuditPage'),
})

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    overview,
    apps,
    app,
    build,
    attestations,
    attestation,
    installations,
    installation,
    refusals,
    search,
    rollout,
    apis,
    api,
    policies,
    policy,
    bans,
    keys,
    audit,
  ]),
  basepath: '/console',
  defaultErrorComponent: ({ error, reset }) => <Problem error={error} retry={reset} />,
  defaultNotFoundComponent: () => (
    <Page
      title="Page not found"
      lead="There is no such page. Choose one in the navigation, or begin with the overview."
    >
      <p>
        <Link to="/">Overview</Link>
      </p>
    </Page>
  ),
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
