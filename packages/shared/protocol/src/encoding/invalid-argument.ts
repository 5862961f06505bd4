/** The caller's mistake, as opposed to bad input: a TypeError with the `code` `ERR_INVALID_ARG_VALUE`. */
export function invalidArgument(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' })
}
