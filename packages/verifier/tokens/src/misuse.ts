/** A mistake of the caller's, as opposed to bad input and to malfunction. */
export function misuse(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' })
}

/** @throws TypeError (`ERR_INVALID_ARG_VALUE`) unless `time` is whole Unix seconds */
export function checkUnixSeconds(time: number): void {
  // Milliseconds treated as seconds lie beyond it.
  if (!Number.isInteger(time) || time <= 0 || time >= 1e11)
    throw misuse('a time is not in whole Unix seconds')
}
