import { mutateBytes } from './bytes.ts'
import { mutateJson } from './json.ts'
import type { Mutator } from './mutator.ts'

/** Edits of a JWS or JWE in compact form: a part decoded, edited and encoded again, or the parts themselves. */
export const mutateCompact: Mutator = (input, material) => {
  const { random } = material
  const parts = Buffer.from(input).toString('latin1').split('.')
  if (parts.length < 2) return undefined
  const at = random.below(parts.length)
  const part = parts[at] as string
  switch (random.below(8)) {
    case 0:
      parts.splice(at, 1)
      break
    case 1:
      parts.splice(at, 0, part)
      break
    case 2:
      parts[at] = `${part}${random.pick(['=', 'A', ' ', '+', '\n'])}`
      break
    case 3:
      parts[at] = ''
      break
    default: {
      const decoded = Buffer.from(part, 'base64url')
      const edited =
        mutateJson(decoded, { ...material, another: () => decoded }) ?? mutateBytes(decoded, material)
      parts[at] = Buffer.from(edited).toString('base64url')
    }
  }
  return Buffer.from(parts.join('.'), 'latin1')
}
