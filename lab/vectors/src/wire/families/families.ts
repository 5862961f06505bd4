import type { Family } from '../case/case.ts'
import { protectedFetch } from './protected-fetch.ts'
import { proofs } from './proofs.ts'
import { refusals } from './refusals.ts'
import { signatures } from './signatures.ts'
import { androidKey } from './android-key.ts'
import { appAttest } from './app-attest.ts'
import { behaviour } from './behaviour.ts'
import { clientData } from './client-data.ts'
import { codeSegments } from './code-segments.ts'
import { encodings } from './encodings.ts'
import { folds } from './folds.ts'
import { images } from './images.ts'
import { jsonText } from './json-text.ts'
import { plans } from './plans.ts'
import { resourceFolders } from './resource-folders.ts'
import { toolNameCases } from './tool-names.ts'

/** Every family, in the order in which an SDK is best built. */
export const families: readonly Family[] = [
  encodings,
  jsonText,
  codeSegments,
  resourceFolders,
  toolNameCases,
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
