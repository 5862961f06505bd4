import type { RuleDocument } from '../policy-document.ts'
import type { Thresholds } from './thresholds.ts'

/** An app update changes what the system says of the app, and only an assertion tells. */
const formats = ['evidence.apple_app_attest', 'evidence.apple_app_attest_assertion']

/** What is wrong with evidence of App Attest. Systems before iOS 27 state no category. */
export function appleFindings({ signatureCategories }: Thresholds): readonly RuleDocument[] {
  return [
    {
      when: "has(evidence.apple_app_attest) && evidence.apple_app_attest.environment == 'development'",
      tier: 'contraindicated',
      reason: 'DEVELOPMENT_ENVIRONMENT',
      vector: { app: { configuration: 96 } },
    },
    ...formats.flatMap((format): RuleDocument[] => {
      const stated = `has(${format}) && has(${format}.validationCategory)`
      return [
        {
          when: `${stated} && ${format}.validationCategory == 3`,
          tier: 'contraindicated',
          reason: 'DEVELOPMENT_ENVIRONMENT',
          vector: { app: { configuration: 96 } },
        },
        {
          when: `${stated} && ${format}.validationCategory in [${signatureCategories.join(', ')}]`,
          tier: 'contraindicated',
          reason: 'APP_SIGNATURE_UNUSUAL',
          vector: { app: { executables: 96 } },
        },
      ]
    }),
  ]
}
