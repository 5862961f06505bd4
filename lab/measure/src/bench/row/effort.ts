/** Chooses how much is measured: of the full amount and the least that gives a figure. */
export type Effort = <Amount>(full: Amount, least: Amount) => Amount

export const full: Effort = (amount) => amount
export const short: Effort = (_full, least) => least
