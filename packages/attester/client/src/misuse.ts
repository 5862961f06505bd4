import { invalidArgument } from '@assay/protocol'

/**
 * Holds an option or argument to what is documented for it.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming it
 */
export function mustHold(holds: unknown, name: string): asserts holds {
  if (!holds) throw invalidArgument(`${name}: missing or wrong`)
}
