import type { Family } from './case.ts'
import { protectedFetch } from './families/protected-fetch.ts'
import { proofs } from './families/proofs.ts'
import { refusals } from './families/refusals.ts'
import { signatures } from './families/signatures.ts'
import { androidKey } from './families/android-key.ts'
import { appAttest } from './families/app-attest.ts'
import { behaviour } from './families/behaviour.ts'
import { clientData } from './families/client-data.ts'
import { codeSegments } from './families/code-segments.ts'
import { encodings } from './families/encodings.ts'
import { folds } from './families/folds.ts'
import { images } from './families/images.ts'
import { jsonText } from './families/json-text.ts'
import { plans } from './families/plans.ts'

/** Every family, in the order in which an SDK is best built. */
export const families: readonly Family[] = [
  encodings,
  jsonText,
  codeSegments,
  plans,
  images,
  folds,
  clientData,
  androidKey,
  appAttest,
  signatures,
  proofs,
  refusals,
  protectedFetch,
  behaviour,
]
