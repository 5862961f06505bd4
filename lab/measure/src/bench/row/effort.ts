/** Chooses how much is measured: of the full amount, the least that gives a figure, and what a long run takes. */
export type Effort = <Amount>(full: Amount, least: Amount, most?: Amount) => Amount

export const full: Effort = (amount) => amount
export const short: Effort = (_full, least) => least
export const long: Effort = (amount, _least, most = amount) => most
