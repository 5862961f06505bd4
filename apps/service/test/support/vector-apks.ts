import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

const folder = path.resolve(import.meta.dirname, '../../../../../shared/vectors/apk/files')

/** Whether the evidence vectors lie beside the checkout. Says so when they do not; with ASSAY_REQUIRE_ALL that fails. */
export function hasVectorApks(): boolean {
  if (existsSync(folder)) return true
  if (process.env.ASSAY_REQUIRE_ALL === '1') throw new Error('the evidence vectors are not there')
  console.log('not run: registration of APKs (the evidence vectors are not there)')
  return false
}

/** A small signed APK of AOSP's own tests, package `android.appsecurity.cts.tinyapp`. */
export function vectorApk(name: string): Buffer {
  return readFileSync(path.join(folder, name))
}
