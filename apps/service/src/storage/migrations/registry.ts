import { firstRelease } from './0001-first-release.ts'
import type { SchemaStep } from './step/migration.ts'

/** Every step, in order. A step that is not listed here is not run. */
export const schemaSteps: readonly SchemaStep[] = [firstRelease]
