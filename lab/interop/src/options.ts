import { chosenOf, readValues } from '@assay/testkit/command-line'

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
  const {
    json,
    only,
    except,
    'without-tested': withoutTested,
  } = readValues(args, {
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    except: { type: 'string' },
    'without-tested': { type: 'boolean', default: false },
  })
  const left = chosenOf(except, ids, 'subject')
  const wanted = [...(chosenOf(only, ids, 'subject') ?? ids)]
  return { json, chosen: new Set(wanted.filter((id) => left?.has(id) !== true)), withoutTested }
}
