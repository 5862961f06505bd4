import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

const folder = path.resolve(import.meta.dirname, '../../../../../shared/vectors/apk/files')

/** Whether the evidence vectors lie beside the checkout. Says so when they do not. */
export function hasVectorApks(): boolean {
  if (existsSync(folder)) return true
  console.log('not run: registration of APKs, whose vectors are not beside the checkout')
  return false
}

/** A small signed APK of AOSP's own tests, package `android.appsecurity.cts.tinyapp`. */
export function vectorApk(name: string): Buffer {
  return readFileSync(path.join(folder, name))
}
