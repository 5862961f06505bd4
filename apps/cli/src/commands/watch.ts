import { setTimeout } from 'node:timers/promises'
import { Option, type Command } from 'commander'
import type { OutcomeBatch, RecentOutcome } from '@assay/service'
import { example, type Action } from '../command-line/arguments.ts'
import type { Context } from '../command-line/context.ts'
import { exitCodes } from '../faults/cli-codes.ts'
import { CliError } from '../faults/cli-error.ts'
import { printable } from '../terminal/terminal.ts'

const outcomes = ['result', 'denied', 'malfunction', 'hearsay'] as const

type WatchOptions = Partial<Pick<RecentOutcome, 'app' | 'build' | 'code' | 'outcome'>>

export function addWatchCommand(attestation: Command, action: Action, signals: NodeJS.EventEmitter): void {
  attestation
    .command('watch')
    .description('watch live outcomes, of all nodes of the service')
    .option('--app <id>', 'only of this app')
    .option('--build <id>', 'only of this build')
    .option('--code <code>', 'only with this code')
    .addOption(
      new Option(
        '--outcome <outcome>',
        'only those that ended so; result is a token, hearsay what SDKs say',
      ).choices(outcomes),
    )
    .addHelpText(
      'after',
      `${example('assay attestation watch --outcome denied', 'assay attestation watch --json | jq .code')}

It begins with the last 50 of the node that it asks, shows of other nodes only what they refused, and ends with Ctrl-C. With --json, each
line is one outcome.`,
    )
    .action(action((context, _args, options: WatchOptions) => watch(context, options, signals)))
}

/** Milliseconds before a lost stream is reopened. */
const pause = 5_000
/** Outcomes to remember, so that a new stream repeats none: it begins with the last 50. */
const remembered = 200

async function watch(context: Context, where: WatchOptions, signals: NodeJS.EventEmitter): Promise<void> {
  const { output } = context
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) signals.once(signal, () => stop.abort())
  const show = showing(context, where)
  for (let hasBegun = false; !stop.signal.aborted;) {
    try {
      for await (const { event, data } of context.service.watch('v1/outcomes', stop.signal)) {
        // The API key no longer allows it: the answer to the next request says so.
        if (event === 'ended') break
        hasBegun = true
        show(JSON.parse(data) as OutcomeBatch)
      }
    } catch (error) {
      const isLost = error instanceof CliError && error.exitCode === exitCodes.unavailable
      if (!hasBegun || !isLost) throw error
    }
    if (stop.signal.aborted) return
    output.note('The stream was lost; trying again.')
    await setTimeout(pause, undefined, { signal: stop.signal }).catch(() => undefined)
  }
}

/** Shows what is new in a batch and matches the filter. */
function showing({ output }: Context, where: WatchOptions): (batch: OutcomeBatch) => void {
  const filter = Object.entries(where) as [keyof WatchOptions, string][]
  let shown: string[] = []
  let heardAll = true
  return ({ outcomes, left_out: leftOut, nodes }) => {
    const hearsAll = nodes !== 'this'
    if (hearsAll !== heardAll)
      output.note(hearsAll ? 'All nodes again.' : 'From here on only one node: the database does not answer.')
    heardAll = hearsAll
    const fresh = outcomes.filter(({ trace }) => !shown.includes(trace))
    shown = [...shown, ...fresh.map(({ trace }) => trace)].slice(-remembered)
    for (const one of fresh.filter((each) => filter.every(([name, value]) => each[name] === value)))
      output.item(one, () => line(one))
    if (leftOut > 0) output.note(`${leftOut} more came too fast to be shown one by one.`)
  }
}

function line({ at, trace, app, build, outcome, code }: RecentOutcome): string {
  const word = outcome === 'result' ? 'passed' : outcome
  return [at, word.padEnd(11), code ?? '-', app, build, trace].map(printable).join('  ')
}
