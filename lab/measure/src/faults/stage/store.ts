/** Where the service keeps its state during the fault. */
export const stores = ['sqlite', 'postgres', 'cluster'] as const
export type Store = (typeof stores)[number]
