import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { assay, serve, type ServiceProcess } from './assay.ts'

export interface FreshService extends ServiceProcess {
  /** What the CLI needs in its environment to speak to this service as its administrator. */
  env: Record<string, string>
  /** Stops it and starts it again over the same folder. */
  restart(): Promise<FreshService>
}

/** A service over a data folder of its own; `stop` removes the folder. */
export async function freshService(): Promise<FreshService> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'assay-bench-'))
  const places = {
    ASSAY_DATA: path.join(folder, 'data'),
    ASSAY_SEALING_KEY_FILE: path.join(folder, 'sealing.key'),
  }
  const { admin_key: key } = JSON.parse((await assay(['init', '--json'], places)).stdout) as {
    admin_key: string
  }
  const start = async (): Promise<FreshService> => {
    const running = await serve(places)
    return {
      ...running,
      env: { ASSAY_URL: running.url, ASSAY_API_KEY: key },
      stop: async () => {
        await running.stop()
        await rm(folder, { recursive: true, force: true })
      },
      restart: async () => {
        await running.stop()
        return start()
      },
    }
  }
  return start()
}
