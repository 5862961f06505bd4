import type { Attack } from '../attack.ts'

/** What every kind of attack says of itself. */
export type About = Omit<Attack, 'run'>
