export { findSecrets } from './find-secrets.ts'
export type { FindSecretsOptions, SecretFinding } from './find-secrets.ts'
