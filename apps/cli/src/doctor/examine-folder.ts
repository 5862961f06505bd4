import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { finding, type Finding } from '../faults/findings.ts'
import type { Places } from '../running/places.ts'
import { isInside } from '../running/places.ts'

/** What is visible only on the machine where the service keeps its data; `undefined` if this is another one. */
export async function examineFolder({ data, sealingKeyFile }: Places): Promise<Finding[] | undefined> {
  const folder = await stat(data).catch(() => undefined)
  if (folder?.isDirectory() !== true) return undefined
  const found: Finding[] = []
  if (isInside(data, sealingKeyFile)) found.push(finding('DOCTOR_SEALING_KEY_INSIDE'))
  found.push(...(await examineKeyFile(sealingKeyFile)))
  if (isForOthers(folder)) found.push(finding('DOCTOR_DATA_FOLDER_READABLE', { folder: data }))
  return found
}

async function examineKeyFile(file: string): Promise<Finding[]> {
  try {
    return isForOthers(await stat(file)) ? [finding('DOCTOR_SEALING_KEY_READABLE', { file })] : []
  } catch (error) {
    // Without permission for its folder, nobody can tell whether the file exists.
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR' ? [finding('DOCTOR_SEALING_KEY_MISSING', { file })] : []
  }
}

/**
 * Windows has no such bits, and shows every file as accessible to all. What another user owns, such as the secret of a
 * pod, this one may read as a member of its group; root, who needs no group for that, is warned of every group.
 */
function isForOthers({ mode, uid, gid }: Stats): boolean {
  if (process.platform === 'win32') return false
  const isByGroup = uid !== process.getuid?.() && process.getgroups?.().includes(gid) === true
  return (mode & (isByGroup ? 0o007 : 0o077)) !== 0
}
