import { randomBytes } from 'node:crypto'

/** Of a service that nobody opens a second time. */
export const newSealingKey = (): Buffer => randomBytes(32)
