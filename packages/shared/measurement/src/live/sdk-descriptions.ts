import type { SdkDescription } from './build-manifest.ts'

/**
 * What the Verifier must know of each released version of the SDK, by `name/version`, oldest first. An entry never
 * changes once its version is released: apps in the field hold it. For the Verifier and the release pipeline only.
 */
export const sdkDescriptions: Readonly<Record<string, SdkDescription>> = {
  'assay-js/0.0.0': {
    sdk: 'assay-js/0.0.0',
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
}
