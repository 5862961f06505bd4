import type { BenchRow } from '../row/row.ts'
import { attestRows } from './attest.ts'
import { androidRows } from './android.ts'
import { iosRows } from './ios.ts'
import { reactNativeRows } from './react-native.ts'
import { sizeRow } from './size.ts'

/** `sdk.size`, `sdk.attest.1MB` and `sdk.attest.8MB`; `sdk.android`, `sdk.ios` and `sdk.react-native`, each with `.attest` and `.size`; and `sdk.android.large`. */
export async function sdkRows(): Promise<BenchRow[]> {
  return [
    await sizeRow(),
    ...(await attestRows()),
    ...(await androidRows()),
    ...(await iosRows()),
    ...(await reactNativeRows()),
  ]
}
