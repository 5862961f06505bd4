import { installed, NotInstalled } from '../../../tools/installed.mjs'
import { NotRun } from './subject.ts'

/** The folder of packages at exact versions, outside the workspaces. @throws NotRun where they are not available */
export async function install(name: string, dependencies: Readonly<Record<string, string>>): Promise<string> {
  try {
    return await installed(name, dependencies)
  } catch (error) {
    if (error instanceof NotInstalled) throw new NotRun(error.message)
    throw error
  }
}
