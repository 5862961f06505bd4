import { ExampleError } from '../errors.ts'
import type { Statement } from '../parse.ts'

/** Seconds. */
const oldest = 120
const clockSkew = 60

/** The statement was made just now. */
export function checkAge({ madeAt }: Statement, now: number): void {
  if (madeAt < now - oldest || madeAt > now + clockSkew) throw new ExampleError('EXAMPLE_EXPIRED')
}
