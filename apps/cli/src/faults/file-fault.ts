import { statSync, type Stats } from 'node:fs'
import path from 'node:path'

/** What the system reported about a place, for the end of a sentence: ` (EACCES: …)`; empty if it reported nothing. */
export function fileFault(cause: unknown, place: string): string {
  const { code } = (cause ?? {}) as { code?: unknown }
  if (typeof code !== 'string') return ''
  const permissions = /^(EACCES|EPERM)$/.test(code) ? permissionsAt(place) : undefined
  return ` (${code}${permissions === undefined ? '' : `: ${permissions}`})`
}

/**
 * The owner of the place, and the current user; if the place itself is not visible, the owner of the first visible
 * folder above it.
 */
export function permissionsAt(place: string): string | undefined {
  const asking = process.geteuid?.()
  if (asking === undefined) return undefined
  for (let at = path.resolve(place); ; at = path.dirname(at)) {
    const found = statOf(at)
    if (found !== undefined) {
      const mode = (found.mode & 0o7777).toString(8).padStart(4, '0')
      return `${at} belongs to user ${found.uid}, mode ${mode}; this process runs as user ${asking}`
    }
    if (at === path.dirname(at)) return undefined
  }
}

function statOf(place: string): Stats | undefined {
  try {
    return statSync(place, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}
