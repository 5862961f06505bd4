import { invalidArgument } from '@assay/protocol'

/**
 * The options that are given: one that is `undefined` is treated as one that is left out.
 *
 * @throws TypeError (`ERR_INVALID_ARG_VALUE`) when they are not an object
 */
export function givenOptions<T extends object>(options: T): T {
  if (typeof options !== 'object' || options === null) {
    throw invalidArgument('options: missing or wrong; give an object')
  }
  const given = { ...options }
  for (const name of Object.keys(given) as (keyof T)[]) if (given[name] === undefined) delete given[name]
  return given
}
