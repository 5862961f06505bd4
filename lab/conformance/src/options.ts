export interface Options {
  readonly json: boolean
  /** Default: all. */
  readonly only: ReadonlySet<string> | undefined
  /** Whether to leave out the scenarios that `npm test` plays as well. */
  readonly withoutTested: boolean
}

export const usage = `usage: npm run conformance -- [--json] [--only SUBJECT,…] [--without-tested]
       npm run conformance -- write    writes packages/shared/vectors/requests.json again`

/** @throws TypeError for arguments that are invalid */
export function readOptions(args: readonly string[], ids: readonly string[]): Options {
  let json = false
  let withoutTested = false
  let only: Set<string> | undefined
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]
    if (arg === '--json') json = true
    else if (arg === '--without-tested') withoutTested = true
    else if (arg === '--only') {
      only = new Set((args[++i] ?? '').split(','))
      for (const id of only)
        if (!ids.includes(id)) throw new TypeError(`there is no subject ${id}: ${ids.join(', ')}`)
    } else throw new TypeError(`unknown argument: ${arg}`)
  }
  return { json, only, withoutTested }
}
