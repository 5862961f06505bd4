import { buildAndroid, isBuilt, missingTool, sizeOfSdk } from '@assay/phones'
import { alone, NotRunError, type BenchRow } from '../row/row.ts'
import { rounded } from '../row/statistics.ts'

/** `sdk.android.size`: the dex of core and platform in an app that shrinks. ADR 41 says what the bytes buy. */
export async function androidSizeRow(): Promise<BenchRow> {
  await buildSdk()
  const { dex, deflated, core, platform } = await sizeOfSdk()
  return {
    id: 'sdk.android.size',
    value: rounded(dex / 1000),
    unit: 'kB',
    ...alone,
    facts: {
      dexBytes: dex,
      deflatedBytes: deflated,
      publishedCoreBytes: core,
      publishedPlatformBytes: platform,
      approov: 'the AAR of approov-sdk 3.5 has 580 kB, not shrunk; compare with what is published here',
      contents:
        'an app that starts the SDK, has tokens and proofs of it, listens and closes it; by ProGuard with the rules of the AAR, and dx; without the library of Kotlin',
    },
  }
}

/** @throws NotRunError where the machine cannot */
export async function buildSdk(): Promise<void> {
  const missing = missingTool()
  if (missing !== undefined) throw new NotRunError(missing)
  if (isBuilt()) return
  const { failed, log } = await buildAndroid(['-DskipTests'])
  if (failed > 0) throw new Error(log)
}
