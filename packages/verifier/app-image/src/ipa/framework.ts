import type { SegmentSummary } from '@assay/protocol'
import type { Framework } from '../report/build-report.ts'

/** Recognises by well-known files which framework an iOS app was built with. */
export function ipaFramework(names: Iterable<string>, segments: readonly SegmentSummary[]): Framework {
  const files = new Set<string>(names)
  const frameworks = new Set<string>()
  for (const name of files) {
    const framework = /^Frameworks\/([^/]+)\.framework\//.exec(name)?.[1]
    if (framework !== undefined) frameworks.add(framework)
  }
  if (segments.some(({ kind }) => kind === 'hermes')) return 'react-native-hermes'
  if (files.has('main.jsbundle')) return 'react-native'
  if (frameworks.has('Flutter')) return 'flutter'
  if (files.has('capacitor.config.json')) return 'capacitor'
  if (files.has('www/cordova.js')) return 'cordova'
  if (frameworks.has('UnityFramework')) return 'unity'
  if (files.has('Microsoft.iOS.dll') || files.has('Xamarin.iOS.dll')) return 'xamarin'
  return 'native'
}
