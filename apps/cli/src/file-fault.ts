import { statSync, type Stats } from 'node:fs'
import path from 'node:path'

/** What the system said about a place, for the end of a sentence: ` (EACCES: …)`; empty where it said nothing. */
export function fileFault(cause: unknown, place: string): string {
  const { code } = (cause ?? {}) as { code?: unknown }
  if (typeof code !== 'string') return ''
  const permissions = /^(EACCES|EPERM)$/.test(code) ? permissionsAt(place) : undefined
  return ` (${code}${permissions === undefined ? '' : `: ${permissions}`})`
}

/** Whose the place is, and who asks: of the first folder on the way that is visible where the place itself is not. */
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
