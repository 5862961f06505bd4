export type { JarEntry } from './entries.ts'
export { verifyJarSignature } from './verify.ts'
export type { JarSignature } from './verify.ts'
