import type { GuardCrypto } from '@assay/guard'
import type { RequestCase, StatedDecision } from '../form/request-case.ts'
import { runCase } from './run-case.ts'

/** The guard's answer to a case, as a runner writes it. */
export type CaseAnswer = { readonly output: readonly StatedDecision[] } | { readonly error: 'MISUSE' }

export async function answerCase(input: RequestCase['input'], crypto: GuardCrypto): Promise<CaseAnswer> {
  try {
    return { output: (await runCase(input, { crypto })) ?? [] }
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ERR_INVALID_ARG_VALUE') return { error: 'MISUSE' }
    throw fault
  }
}
