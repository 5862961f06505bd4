import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { Shell } from './shell/shell.tsx'
import { Empty, Problem } from './ui/states.tsx'

const rootRoute = createRootRoute({ component: Shell })

const overview = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/overview.tsx'), 'OverviewPage'),
})
const apps = createRoute({
  getParentRoute: () => rootRoute,
  path: '/apps',
  component: lazyRouteComponent(() => import('./pages/apps.tsx'), 'AppsPage'),
})
const app = createRoute({
  getParentRoute: () => rootRoute,
  path: '/apps/$app',
  component: lazyRouteComponent(() => import('./pages/app.tsx'), 'AppPage'),
})
const attestations = createRoute({
  getParentRoute: () => rootRoute,
  path: '/attestations',
  component: lazyRouteComponent(() => import('./pages/attestations.tsx'), 'AttestationsPage'),
})
const attestation = createRoute({
  getParentRoute: () => rootRoute,
  path: '/attestations/$trace',
  component: lazyRouteComponent(() => import('./pages/attestation.tsx'), 'AttestationPage'),
})
const refusals = createRoute({
  getParentRoute: () => rootRoute,
  path: '/refusals',
  component: lazyRouteComponent(() => import('./pages/refusals.tsx'), 'RefusalsPage'),
})
const apis = createRoute({
  getParentRoute: () => rootRoute,
  path: '/apis',
  component: lazyRouteComponent(() => import('./pages/apis.tsx'), 'ApisPage'),
})
const policies = createRoute({
  getParentRoute: () => rootRoute,
  path: '/policies',
  component: lazyRouteComponent(() => import('./pages/policies.tsx'), 'PoliciesPage'),
})
const policy = createRoute({
  getParentRoute: () => rootRoute,
  path: '/policies/$policy',
  component: lazyRouteComponent(() => import('./pages/policy.tsx'), 'PolicyPage'),
})
const bans = createRoute({
  getParentRoute: () => rootRoute,
  path: '/bans',
  component: lazyRouteComponent(() => import('./pages/bans.tsx'), 'BansPage'),
})
const keys = createRoute({
  getParentRoute: () => rootRoute,
  path: '/keys',
  component: lazyRouteComponent(() => import('./pages/keys.tsx'), 'KeysPage'),
})
const audit = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit',
  component: lazyRouteComponent(() => import('./pages/audit.tsx'), 'AuditPage'),
})

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    overview,
    apps,
    app,
    attestations,
    attestation,
    refusals,
    apis,
    policies,
    policy,
    bans,
    keys,
    audit,
  ]),
  basepath: '/console',
  defaultErrorComponent: ({ error, reset }) => <Problem error={error} retry={reset} />,
  defaultNotFoundComponent: () => <Empty title="There is no such page">Choose one in the navigation.</Empty>,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
