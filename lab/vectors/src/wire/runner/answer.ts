import type { Answering } from './answering.ts'
import { answerBehaviour } from './behaviour.ts'
import { answerClientData } from './client-data.ts'
import { answerAndroidKey, answerAppAttest, answerSignatures } from './keys.ts'
import { answerProtectedFetch } from './protected-fetch.ts'
import { answerProofs } from './proofs.ts'
import { answerRefusals } from './refusals.ts'
import { answerEncodings } from './encodings.ts'
import { answerJsonText } from './json-text.ts'
import {
  answerCodeSegments,
  answerFolds,
  answerImages,
  answerPlans,
  answerResourceFolders,
} from './measurement.ts'
import { answerToolNames } from './tool-names.ts'

/** How the TypeScript SDK answers each family. */
export const answerings: Readonly<Record<string, Answering>> = {
  encodings: answerEncodings,
  'json-text': answerJsonText,
  'code-segments': answerCodeSegments,
  'resource-folders': answerResourceFolders,
  'tool-names': answerToolNames,
  plans: answerPlans,
  images: answerImages,
  folds: answerFolds,
  'client-data': answerClientData,
  'android-key': answerAndroidKey,
  'app-attest': answerAppAttest,
  signatures: answerSignatures,
  proofs: answerProofs,
  refusals: answerRefusals,
  'protected-fetch': answerProtectedFetch,
  behaviour: answerBehaviour,
}
