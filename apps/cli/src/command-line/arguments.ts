import { InvalidArgumentError, type Command } from 'commander'
import { usageError } from '../faults/cli-error.ts'
import type { Context } from './context.ts'

/** Wraps a command's work: gives it the context, its arguments and its options. */
export type Action = <Options>(
  work: (context: Context, args: readonly (string | undefined)[], options: Options) => void | Promise<void>,
) => (...given: unknown[]) => Promise<void>

export function createAction(contextOf: (command: Command) => Context): Action {
  return (work) =>
    async (...given) => {
      const command = given.at(-1) as Command
      await work(
        contextOf(command),
        command.processedArgs as (string | undefined)[],
        command.opts<Record<string, unknown>>() as Parameters<typeof work>[2],
      )
    }
}

/** A whole number that is not negative. */
export function integer(text: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) throw new InvalidArgumentError('Must be a whole number.')
  return Number(text)
}

const units: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 }

/** A span of time such as `90m`, `24h` or `7d`, in seconds. */
export function span(text: string): number {
  const [, count = '', unit = ''] = /^([1-9][0-9]{0,4})([mhd])$/.exec(text) ?? []
  const seconds = units[unit]
  if (seconds === undefined) throw new InvalidArgumentError('Must be a number and m, h or d, such as 24h.')
  return Number(count) * seconds
}

/** A span, or `never`. */
export function spanOrNever(text: string): number | 'never' {
  return text === 'never' ? text : span(text)
}

/** Query members for a time that lies back. @param spans seconds, as {@link span} gives them; undefined: no bound */
export function between(
  spans: { since: number | undefined; until: number | undefined },
  now: number,
): Record<string, string> {
  const ends = Object.entries(spans).filter((pair): pair is [string, number] => pair[1] !== undefined)
  return Object.fromEntries(
    ends.map(([name, seconds]) => [name, new Date(now - seconds * 1000).toISOString()]),
  )
}

/** RFC 3339 time after a span from now; undefined: no end. @param seconds as {@link span} gives it */
export function endOf(seconds: number | undefined, { clock }: Pick<Context, 'clock'>): string | undefined {
  return seconds === undefined ? undefined : new Date(clock() + seconds * 1000).toISOString()
}

/** Commander takes the last of an option and its opposite: here, giving both is an error. */
export function refuseContradictions(command: Command): void {
  for (const one of command.commands) refuseContradictions(one)
  const names = command.options.map((option) => option.name())
  for (const name of names.filter((each) => names.includes(`no-${each}`))) {
    const given = new Set<string>()
    for (const form of [name, `no-${name}`]) {
      command.on(`option:${form}`, () => {
        if (given.add(form).size > 1)
          throw usageError(
            'CLI_USAGE',
            `--${name} and --no-${name} contradict each other`,
            'Give one of them.',
          )
      })
    }
  }
}

/** Oldest first; items of the same age keep their order. */
export function byAge<T extends { created_at: string }>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at))
}

/** Lines to show below a command's help. */
export function example(...lines: string[]): string {
  return `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.map((line) => `  ${line}`).join('\n')}`
}
