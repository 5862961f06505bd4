import type { Attack } from '../attack.ts'

/** What every kind of attack says about itself. */
export type About = Omit<Attack, 'run'>
