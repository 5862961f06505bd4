import { updateId } from './tools.ts'

/** The bundle with the id of another build, and otherwise the same. */
export function renamed(script: Buffer, id: string): Buffer {
  return Buffer.from(
    script.toString('latin1').replace(`assay:build:${updateId};`, `assay:build:${id};`),
    'latin1',
  )
}

/** The bundle with a changed text of its user interface. */
export function patched(script: Buffer): Buffer {
  return Buffer.from(script.toString('latin1').replace('Please try again.', 'Please pay again.'), 'latin1')
}
