import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { ApiProblem } from './api/client.ts'
import { router } from './router.tsx'
import { SessionGate } from './shell/session-gate.tsx'
import { applyTheme, readTheme } from './shell/theme.ts'
import './styles.css'

applyTheme(readTheme())

const isFinal = (error: unknown) => error instanceof ApiProblem && error.status >= 400 && error.status < 500
/**
 * Any request that finds the session over ends it for the whole page, whether it reads or changes something. This happens
 * only at that moment: a query that has data keeps its last failure until it succeeds, and would end the next session as well.
 */
const onError = (error: unknown) => {
  if (error instanceof ApiProblem && error.status === 401) queries.setQueryData(['session'], null)
}
const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, error) => !isFinal(error) && failures < 2,
    },
  },
})

const root = document.querySelector('#console')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <SessionGate>
          <RouterProvider router={router} />
        </SessionGate>
      </QueryClientProvider>
    </StrictMode>,
  )
}
