import { rebuildApk } from '@assay/testkit'
import { tamperedApk } from '../../kinds/tampered-app.ts'

export const libraryAdded = tamperedApk({
  id: 'library-added',
  title: 'A native library is added to the app',
  oat: 'OAT-020',
  method: 'as a gadget for instrumentation would be; every file that was there before is untouched',
  tamper: ({ apks, signer }) =>
    rebuildApk(
      apks.release,
      { variant: 'as-is', put: { 'lib/arm64-v8a/libgadget.so': Buffer.from('\x7fELF gadget') } },
      signer,
    ),
})
