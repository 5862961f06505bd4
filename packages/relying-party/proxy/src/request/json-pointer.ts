import { z } from 'zod'

/** A JSON pointer (RFC 6901) to a member: at least one step. */
export const pointerForm = z
  .string()
  .regex(/^(?:\/(?:[^/~]|~[01])+)+$/, 'must be a JSON pointer such as /usage/total_tokens')

/** The reference tokens of a pointer, decoded (section 4). */
export function stepsOf(pointer: string): string[] {
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

export function pointerTo(steps: readonly string[]): string {
  return steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
