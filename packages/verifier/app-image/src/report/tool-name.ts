import { toolNamed, type ToolPlatform } from '@assay/protocol'

/** Whether a file of a build has a name for which a probe of the SDK would take it for a hooking tool. */
export function hasToolName(platform: ToolPlatform, paths: Iterable<string>): boolean {
  for (const path of paths) if (toolNamed(platform, path) !== undefined) return true
  return false
}
