/**
 * The members of a JSON object, when `value` is one and has exactly the members `names`, none missing and none
 * besides; otherwise `undefined`.
 */
export function exactMembers<Name extends string>(
  value: unknown,
  names: readonly Name[],
): Record<Name, unknown> | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
  const found = Object.keys(value)
  if (found.length !== names.length || !names.every((name) => Object.hasOwn(value, name))) return undefined
  return value as Record<Name, unknown>
}
