import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = ['@assay/client', '@assay/measurement', '@assay/protocol']

/** The whole SDK once more, for pages without a bundler: an app has it either in modules or in this file. */
const wholeSdk = 'web.min.js'

/** The SDK's own built code as entries of an APK: `assets/assay/<package>/<file>.js`, so that it is measured with the app. */
export async function sdkFiles(): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {}
  for (const name of packages) {
    const folder = path.dirname(fileURLToPath(import.meta.resolve(name)))
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.js') || entry.name === wholeSdk) continue
      const file = path.join(entry.parentPath, entry.name)
      const inside = path.relative(folder, file).split(path.sep).join('/')
      files[`assets/assay/${name.replace('@assay/', '')}/${inside}`] = await readFile(file)
    }
  }
  return files
}
