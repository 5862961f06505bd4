/**
 * The warning of `assay serve` on a Node whose maintenance has ended; undefined for any other.
 *
 * @param version as in `process.versions.node`
 */
export function unsupportedNode(version: string): string | undefined {
  const [major] = version.split('.', 1)
  if (Number(major) > 20) return undefined
  return `Node ${version} has had no security fixes since 30 April 2026. Run the service on Node 24.`
}
