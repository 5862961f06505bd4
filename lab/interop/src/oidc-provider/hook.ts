import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const guide = path.resolve(import.meta.dirname, '../../../../docs/guides/oauth-server.md')

/** The parts that `features.attestClientAuth` uses. */
export interface AssayHook {
  getAttestationSignaturePublicKey: unknown
  assertAttestationJwtAndPop: unknown
}

export type MakeHook = (settings: { service: string; audience: string; tiers: string[] }) => AssayHook

/** The hook from the guide, saved next to the provider as a reader would save it. */
export async function hookOfGuide(folder: string): Promise<MakeHook> {
  const code = /^```js\n([^]*?)^```$/m.exec(await readFile(guide, 'utf8'))?.[1]
  if (code === undefined) throw new Error('the guide shows no hook')
  const file = path.join(folder, 'assay-hook.mjs')
  await writeFile(file, code)
  return ((await import(pathToFileURL(file).href)) as { assayHook: MakeHook }).assayHook
}
