import { sha256 } from './sha256.ts'

/**
 * What the app passes to the system as `clientDataHash`: SHA-256 of the binding's 43 ASCII characters. The system
 * appends it as it is, neither hashed again nor checked for its length.
 */
export function commitment(binding: string): Uint8Array {
  return sha256(binding)
}
