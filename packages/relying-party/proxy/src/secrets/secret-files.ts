import { readFileSync, statSync } from 'node:fs'
import type { SecretFiles } from './secrets.ts'

/** Files of the system. A volume of Kubernetes replaces the file, so its inode counts too. */
export const secretFiles: SecretFiles = {
  version(file) {
    const { ino, size, mtimeMs, ctimeMs } = statSync(file)
    return [ino, size, mtimeMs, ctimeMs].join(' ')
  },
  read: (file) => readFileSync(file, 'utf8'),
}
