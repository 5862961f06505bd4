/** A mistake of the caller's, as opposed to a verdict. */
export function misuse(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' })
}
