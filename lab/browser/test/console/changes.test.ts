import { describeConsole } from './describe-console.ts'
import { lineCases } from './line-cases.ts'
import { registeringCases } from './registering-cases.ts'
import { walkCases } from './walk-cases.ts'

/** They leave the service other than they found it, so no other file shares it. */
describeConsole('what is changed in the console', 4, (shared) => {
  walkCases(shared)
  registeringCases(shared)
  lineCases(shared)
})
