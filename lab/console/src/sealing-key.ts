import { randomBytes } from 'node:crypto'

/** For a service that nobody opens a second time. */
export const newSealingKey = (): Buffer => randomBytes(32)
