/** Runs a build with NODE_ENV set to `production`, and puts back what it was. */
export function inProduction<T>(build: () => Promise<T>): Promise<T>
