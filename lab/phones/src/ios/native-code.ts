import { readFile } from 'node:fs/promises'
import { realFramework } from './real-framework.ts'

/** Path of the framework's binary in the bundle. */
export const frameworkName = 'Frameworks/ExpoModulesCore.framework/ExpoModulesCore'

/** By this text registration finds the SDK in compiled code. Swift's compiler for Apple would have put it into the app. */
const marker = Buffer.from('\0assay:sdk:assay-ios/0.1.0;\0')

/**
 * Native code as an app with the SDK has it: the binary of a real framework for devices, with the SDK's marker among its
 * texts.
 */
export async function nativeCode(): Promise<Buffer> {
  const binary = Buffer.from(await readFile(await realFramework()))
  const { offset, length } = sectionOf(binary, '__cstring')
  if (length < marker.length) throw new Error('the framework has no room for the marker')
  marker.copy(binary, offset)
  return binary
}

/** Where a section of `__TEXT` lies, by its `section_64` (`mach-o/loader.h`). */
function sectionOf(binary: Buffer, name: string): { offset: number; length: number } {
  const head = Buffer.from(name.padEnd(16, '\0') + '__TEXT'.padEnd(16, '\0'), 'latin1')
  const at = binary.indexOf(head)
  if (at < 0) throw new Error(`the framework has no section ${name}`)
  return { offset: binary.readUInt32LE(at + 48), length: Number(binary.readBigUInt64LE(at + 40)) }
}
