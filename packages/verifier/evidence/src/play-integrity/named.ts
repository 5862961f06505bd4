/** A member of this name, or none at all where there is no value: what is not known is left out. */
export function named<Name extends string, T>(
  name: Name,
  value: T | undefined,
): { readonly [_ in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [_ in Name]: T })
}
