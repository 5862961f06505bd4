import { chmodSync, closeSync, existsSync, openSync, statSync } from 'node:fs'

/**
 * Makes a file that only the service's own user may read, whatever the umask and whatever it was before. SQLite makes its
 * files by the umask; those that it puts beside one (`-wal`, `-shm`) get the mode of that one.
 *
 * A file that is there is not opened: closing it would end the locks that this process has on it.
 */
export function makePrivate(file: string): void {
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
  const status = statSync(file)
  if (status.isFile() && (status.mode & 0o077) !== 0) chmodSync(file, 0o600)
}
