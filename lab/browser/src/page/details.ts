/** Loaded on request, so that the document does not show it before. */
export function details(build: string): string {
  return `build ${build}`
}
