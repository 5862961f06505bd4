import type { Family } from '../case/case.ts'
import { backOffScenarios } from './behaviour/back-off.ts'
import { clockScenarios } from './behaviour/clocks.ts'
import { refusedForGoodScenarios } from './behaviour/refused-for-good.ts'
import { exchangeScenarios } from './behaviour/exchanges.ts'
import { failureScenarios } from './behaviour/failures.ts'
import { heldPlanScenarios } from './behaviour/held-plans.ts'
import { keyAndEvidenceScenarios } from './behaviour/keys-and-evidence.ts'
import { kindAndRemedyScenarios } from './behaviour/kinds-and-remedies.ts'
import { refreshScenarios } from './behaviour/refresh.ts'
import { tokenScenarios } from './behaviour/tokens.ts'

export const behaviour: Family = {
  name: 'behaviour',
  about:
    'What a client does as time passes and the service answers. `input` says what is done, step by step; `output` is what has to be seen after each step.',
  floor: { accepted: 100, refused: 0 },
  cases: [
    ...tokenScenarios(),
    ...refreshScenarios(),
    ...backOffScenarios(),
    ...refusedForGoodScenarios(),
    ...clockScenarios(),
    ...exchangeScenarios(),
    ...heldPlanScenarios(),
    ...keyAndEvidenceScenarios(),
    ...failureScenarios(),
    ...kindAndRemedyScenarios(),
  ],
}
