/** A mistake of the caller, as opposed to bad input: a TypeError with the `code` `ERR_INVALID_ARG_VALUE`. */
export function invalidArgument(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' })
}

/**
 * Checks an option or argument against its documentation.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) naming it
 */
export function mustHold(holds: unknown, name: string): asserts holds {
  if (!holds) throw invalidArgument(`${name}: missing or wrong`)
}
