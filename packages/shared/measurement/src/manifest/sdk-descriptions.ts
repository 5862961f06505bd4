import type { SdkDescription } from './build-manifest.ts'

/**
 * What the Verifier must know about each released version of each SDK, by `name/version`, the oldest of each name
 * first. An entry never changes once its version is released: apps in the field contain it. For the Verifier and the
 * release pipeline only.
 */
export const sdkDescriptions: Readonly<Record<string, SdkDescription>> = {
  'assay-js/0.1.0': {
    sdk: 'assay-js/0.1.0',
    code: 'script',
    functions: ['parse-plan', 'check-plan-fits', 'conclusion', 'fold-start', 'source-of', 'probe-answer'],
    exercises: ['refusal.1'],
    probes: [
      'js.natives',
      'js.network',
      'js.crypto',
      'js.replaced',
      'js.debugger',
      'js.automation',
      'js.emulator',
      'js.source',
    ],
  },
  'assay-android/0.1.0': {
    sdk: 'assay-android/0.1.0',
    code: 'native',
    functions: [],
    exercises: ['refusal.1'],
    probes: [
      'android.root',
      'android.debugger',
      'android.hooks',
      'android.emulator',
      'android.clone',
      'android.text',
      'android.automation',
    ],
  },
  'assay-ios/0.1.0': {
    sdk: 'assay-ios/0.1.0',
    code: 'native',
    functions: [],
    exercises: ['refusal.1'],
    probes: ['ios.jailbreak', 'ios.debugger', 'ios.injected', 'ios.hooks', 'ios.simulator'],
  },
}
