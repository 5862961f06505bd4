import { randomBytes } from 'node:crypto'

/** A sealing key for a service that is started only once. */
export const newSealingKey = (): Buffer => randomBytes(32)
