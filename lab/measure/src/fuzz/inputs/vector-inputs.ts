import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { longestInput } from '../mutation/mutator.ts'
import type { VectorInputs } from '../target/target.ts'

/** Where the evidence vectors are, if they are: beside the checkout. */
export function vectorsBeside(root: string): string | undefined {
  const folder = path.join(root, '../shared/vectors')
  return existsSync(folder) ? folder : undefined
}

/** The inputs that the vectors of a format give, each once. */
export function readVectorInputs(folder: string, { folder: name, inputs }: VectorInputs): Uint8Array[] {
  const found = new Map<string, Uint8Array>()
  for (const file of readdirSync(path.join(folder, name)).sort()) {
    if (!file.endsWith('.json')) continue
    for (const vector of vectorsIn(path.join(folder, name, file)))
      for (const input of inputs(vector.input ?? {}))
        if (input.length <= longestInput) found.set(Buffer.from(input).toString('latin1'), input)
  }
  return [...found.values()]
}

interface VectorFile {
  readonly vectors?: readonly { readonly input?: Readonly<Record<string, unknown>> }[]
}

function vectorsIn(file: string): NonNullable<VectorFile['vectors']> {
  return (JSON.parse(readFileSync(file, 'utf8')) as VectorFile).vectors ?? []
}

/** The bytes of a member in base64, or of a list of such; none where it is something else. */
export function base64In(value: unknown): Uint8Array[] {
  if (Array.isArray(value)) return value.flatMap(base64In)
  return typeof value === 'string' ? [Buffer.from(value, 'base64')] : []
}
