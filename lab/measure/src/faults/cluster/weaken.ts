import type { PrivateValkey } from '@assay/testkit'

/** A check in the functions that nodes call, and its replacement when it is off. */
const checks = {
  /** Whether the server's data is what it was when the generation began. */
  identity: ["server.call('INFO', 'replication')", "'master_replid:0'"],
  /** Whether the challenge has been used. */
  use: ['if known then', 'if false then'],
} as const

/**
 * Takes a check out of the functions in a server: what a row counts must then be there to be counted.
 *
 * @throws Error where the functions do not have it
 */
export async function weaken(server: PrivateValkey, check: keyof typeof checks): Promise<void> {
  const listed = Buffer.from(await server.command('FUNCTION', 'LIST', 'LIBRARYNAME', 'assay_1', 'WITHCODE'))
  const [found, length] = /library_code\r\n\$(\d+)\r\n/.exec(listed.toString()) ?? []
  const [on, off] = checks[check]
  const start = found === undefined ? 0 : listed.indexOf(found) + Buffer.byteLength(found)
  const code = listed.subarray(start, start + Number(length)).toString()
  if (!code.includes(on)) throw new Error(`the functions have no check of the ${check}`)
  const answer = await server.command('FUNCTION', 'LOAD', 'REPLACE', code.replaceAll(on, off))
  if (answer.startsWith('-')) throw new Error(`the functions were not replaced: ${answer}`)
}
