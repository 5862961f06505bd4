import type { ExpectedApp } from '../../port/verify-context.ts'
import { ExampleError } from '../errors.ts'
import type { Statement } from '../parse.ts'

/** The statement is about an expected app, and package and signer are those of one and the same. */
export function checkAppIdentity(statement: Statement, apps: readonly ExpectedApp[]): void {
  const expected = apps.some(
    (app) =>
      app.platform === 'android' &&
      app.package === statement.package &&
      app.signers.includes(statement.signer),
  )
  if (!expected) throw new ExampleError('EXAMPLE_APP_IDENTITY')
}
