import type { SegmentSummary } from '@assay/protocol'
import type { Framework } from '../report/build-report.ts'

/** Recognises by well-known files which framework an APK was built with. */
export function apkFramework(names: Iterable<string>, segments: readonly SegmentSummary[]): Framework {
  const libraries = new Set<string>()
  const files = new Set<string>()
  let hasFlutterAssets = false
  for (const name of names) {
    files.add(name)
    const library = /^lib\/[^/]+\/([^/]+)$/.exec(name)?.[1]
    if (library !== undefined) libraries.add(library)
    hasFlutterAssets ||= name.startsWith('assets/flutter_assets/')
  }
  if (segments.some(({ kind }) => kind === 'hermes')) return 'react-native-hermes'
  if (files.has('assets/index.android.bundle')) return 'react-native'
  // A debug build has no bundle: it is loaded from the developer's machine.
  if (libraries.has('libreactnative.so') || libraries.has('libreactnativejni.so')) {
    return libraries.has('libhermes.so') || libraries.has('libhermesvm.so')
      ? 'react-native-hermes'
      : 'react-native'
  }
  if (libraries.has('libflutter.so') || hasFlutterAssets) return 'flutter'
  if (files.has('assets/capacitor.config.json')) return 'capacitor'
  if (files.has('assets/www/cordova.js')) return 'cordova'
  if (libraries.has('libunity.so')) return 'unity'
  if (libraries.has('libmonodroid.so') || libraries.has('libmonosgen-2.0.so')) return 'xamarin'
  return 'native'
}
