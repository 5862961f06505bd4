export interface Options {
  readonly json: boolean
  /** Subjects that run. */
  readonly chosen: ReadonlySet<string>
  /** Whether to leave out the scenarios that `npm run test:all` plays as well. */
  readonly withoutTested: boolean
}

export const usage = `usage: npm run conformance -- [--json] [--only SUBJECT,…] [--except SUBJECT,…] [--without-tested]
       npm run conformance -- write    as npm run wire -- write`

/** @throws TypeError for arguments that are invalid */
export function readOptions(args: readonly string[], ids: readonly string[]): Options {
  let json = false
  let withoutTested = false
  let chosen = new Set(ids)
  const named = (text = '') => {
    const names = new Set(text.split(','))
    for (const id of names)
      if (!ids.includes(id)) throw new TypeError(`there is no subject ${id}: ${ids.join(', ')}`)
    return names
  }
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]
    if (arg === '--json') json = true
    else if (arg === '--without-tested') withoutTested = true
    else if (arg === '--only') chosen = named(args[++i])
    else if (arg === '--except') for (const id of named(args[++i])) chosen.delete(id)
    else throw new TypeError(`unknown argument: ${arg}`)
  }
  return { json, chosen, withoutTested }
}
