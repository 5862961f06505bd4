/** Brings the built console up to date. */
export function buildConsole(): Promise<void>
