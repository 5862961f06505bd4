/** Loaded when it is asked for, so that the document does not show it before. */
export function details(build: string): string {
  return `build ${build}`
}
