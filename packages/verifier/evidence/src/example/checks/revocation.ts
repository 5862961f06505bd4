import type { RevocationSource } from '../../port/verify-context.ts'
import { ExampleError } from '../errors.ts'
import type { Statement } from '../parse.ts'

/** The vendor still vouches for the device. A source that cannot answer is a malfunction. */
export async function checkRevocation({ device }: Statement, revocation: RevocationSource): Promise<void> {
  const state = await revocation.stateOf(device)
  if (state !== 'not_listed') throw new ExampleError('EXAMPLE_REVOKED')
}
