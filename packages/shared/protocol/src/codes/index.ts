import type { ProblemTable } from './code-table.ts'
import { attestationProblems } from './attestation.ts'
import { managementProblems } from './management.ts'
import { requestProblems } from './requests.ts'

/** Every problem that the service answers with. */
export const problems = {
  ...requestProblems,
  ...attestationProblems,
  ...managementProblems,
  // Ours or a vendor's
  temporarily_unavailable: {
    status: 503,
    title: 'The service cannot answer at the moment',
    meaning:
      'Storage does not answer, is full or has lost a segment; a digest is not ready; four uploads are under way, or two by the same key; too many used challenges are remembered; or the service is stopping.',
    action: 'Send the same again after `Retry-After`. If this persists, the log names the fault.',
  },
  internal_error: {
    status: 500,
    title: 'The service has a fault',
    meaning: 'The service has an unexpected fault.',
    action:
      'Send the same again later, and report the line `malfunction` in the log, which has the trace and the cause.',
  },
} as const satisfies ProblemTable

export const problemCodes = Object.keys(problems) as readonly (keyof typeof problems)[]
