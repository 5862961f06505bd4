import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** A file of the console, as it is served. */
export interface ConsoleFile {
  readonly type: string
  readonly bytes: Buffer
}

/** The built console. */
export interface ConsoleFiles {
  readonly page: ConsoleFile
  /** By name; names carry the hash of the content. */
  readonly assets: ReadonlyMap<string, ConsoleFile>
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
}

/**
 * Reads a built console: a page and a few other files, which then need no file system.
 *
 * @throws Error if it is not built
 */
export function readConsoleFiles(folder: string): ConsoleFiles {
  const assets = path.join(folder, 'assets')
  const read = (file: string): ConsoleFile => ({
    type: types[path.extname(file)] ?? 'application/octet-stream',
    bytes: readFileSync(file),
  })
  return {
    page: read(path.join(folder, 'index.html')),
    assets: new Map(readdirSync(assets).map((name) => [name, read(path.join(assets, name))])),
  }
}
