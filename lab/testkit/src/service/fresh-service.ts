import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { CliProcess, ServiceProcess } from './cli-process.ts'

/** A service over a data folder of its own. */
export interface FreshService extends ServiceProcess {
  /** What the CLI needs in its environment to speak to this service as its administrator. */
  env: Readonly<Record<string, string>>
  /** Stops the service and starts it again over the same folder. @param args in place of those that it had */
  restart(args?: readonly string[]): Promise<FreshService>
}

/**
 * `assay init` and `assay serve` in a temporary folder, which `stop` removes.
 *
 * @param args further arguments of `assay serve`
 */
export async function startFreshService(
  cli: CliProcess,
  args: readonly string[] = [],
): Promise<FreshService> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-service-'))
  const places = {
    ASSAY_DATA: path.join(folder, 'data'),
    ASSAY_SEALING_KEY_FILE: path.join(folder, 'sealing.key'),
  }
  const { admin_key: key } = JSON.parse((await cli.succeed(['init', '--json'], places)).stdout) as {
    admin_key: string
  }
  const start = async (args: readonly string[]): Promise<FreshService> => {
    const running = await cli.serve(places, args)
    return {
      ...running,
      env: { ...places, ASSAY_URL: running.url, ASSAY_API_KEY: key },
      stop: async () => {
        await running.stop()
        await rm(folder, { recursive: true, force: true })
      },
      restart: async (other = args) => {
        await running.stop()
        return start(other)
      },
    }
  }
  try {
    return await start(args)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}
