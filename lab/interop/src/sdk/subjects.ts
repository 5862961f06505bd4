import { spawnSync } from 'node:child_process'
import {
  buildAndroid,
  buildReactNative,
  buildSwift,
  isBuilt,
  missingTool,
  playAndroid,
  playIos,
  playReactNative,
  vectorRunner,
} from '@assay/phones'
import {
  checkRunner,
  familyNames,
  pythonFamilies,
  pythonReader,
  typescriptRunner,
  type CaseOutcome,
  type Runner,
} from '@assay/vectors'
import { NotRun, type CaseResult, type Subject } from '../subject/subject.ts'

/** The SDKs, and the reader in Python, over `packages/shared/vectors`. */
export const sdkSubjects: readonly Subject[] = [
  { id: 'sdk:typescript', run: () => vectorsOf(typescriptRunner, familyNames) },
  {
    id: 'sdk:python-reader',
    run: () => {
      if (spawnSync('python3', ['--version']).status !== 0) throw new NotRun('python3 is missing')
      return vectorsOf(pythonReader, pythonFamilies)
    },
  },
  { id: 'sdk:android', run: androidResults },
  { id: 'sdk:ios', run: iosResults },
  { id: 'sdk:react-native', run: reactNativeResults },
]

/** The vectors, and the scenarios against the service and the guard, which `lab/phones/test` plays as well. */
async function androidResults(withoutTested: boolean): Promise<CaseResult[]> {
  const missing = missingTool()
  if (missing !== undefined) throw new NotRun(missing)
  if (!isBuilt()) {
    const { failed, log } = await buildAndroid(['-DskipTests'])
    if (failed > 0) throw new Error(log)
  }
  const vectors = await vectorsOf(await vectorRunner(), familyNames)
  return withoutTested ? vectors : [...vectors, ...(await playAndroid())]
}

/** The same with a simulated App Attest, and stand-ins for Apple's modules. */
async function iosResults(withoutTested: boolean): Promise<CaseResult[]> {
  const built = await buildSwift(['assay-vectors', ...(withoutTested ? [] : ['assay-phone'])])
  if ('missing' in built) throw new NotRun(built.missing)
  const vectors = await vectorsOf({ command: built.program('assay-vectors'), args: [] }, familyNames)
  return withoutTested ? vectors : [...vectors, ...(await playIos(built.program('assay-phone')))]
}

/** The scenarios again, and those of `behaviour`, with the app's JavaScript in Hermes, over the TurboModule and the Android SDK. */
async function reactNativeResults(): Promise<CaseResult[]> {
  const built = await buildReactNative()
  if ('missing' in built) throw new NotRun(built.missing)
  const onIphone = async () => {
    const swift = await buildSwift(['assay-react-native'])
    return 'missing' in swift ? undefined : swift.program('assay-react-native')
  }
  return [
    ...(await vectorsOf(built.vectorRunner, ['behaviour'])),
    ...(await playReactNative(built, { onIphone })),
  ]
}

async function vectorsOf(runner: Runner, families: readonly string[]): Promise<CaseResult[]> {
  const { cases } = await checkRunner(runner, families)
  // Cases for features that an SDK lacks are left out: an SDK for iOS has no files of an APK.
  return cases.filter(({ judgement }) => judgement !== 'skipped').map(resultOf)
}

function resultOf({ family, wanted, answer, judgement }: CaseOutcome): CaseResult {
  const name = `${family}: ${wanted.id}`
  return judgement === 'passed'
    ? { name }
    : { name, fault: `answered ${JSON.stringify(answer) ?? 'nothing'}` }
}
