import { setTimeout as pause } from 'node:timers/promises'
import type { Build } from '@assay/protocol/schemas'
import type { Context } from '../command-line/context.ts'
import { cliError, type CliError } from '../faults/cli-error.ts'

/** Milliseconds between two checks of the build. */
const between = 2_000

/**
 * Waits until a build is active.
 *
 * @param path of the build at the service
 * @param seconds maximum time to wait
 * @throws CliError `CLI_BUILD_PENDING` when the time is up, `CLI_BUILD_RETIRED`
 */
export async function waitUntilActive(
  { service, output, clock }: Pick<Context, 'service' | 'output' | 'clock'>,
  path: string,
  seconds: number,
): Promise<Build> {
  const end = clock() + seconds * 1000
  const progress = output.progress('waiting for an admin to activate it')
  try {
    for (;;) {
      const build = (await service.get(path)) as Build
      switch (build.state) {
        case 'active':
          return build
        case 'retired':
          throw retired(build)
        case 'pending':
          if (clock() >= end) throw pending(build)
      }
      await pause(Math.max(1, Math.min(between, end - clock())))
    }
  } finally {
    progress.end()
  }
}

export function retired({ id }: Pick<Build, 'id'>): CliError {
  return cliError('CLI_BUILD_RETIRED', `This build is registered as ${id} and retired: it gets no tokens`, {
    hint: `A retired build keeps its id. If it was retired by mistake, an admin runs \`assay build restore ${id}\` within 30 days; otherwise release another, or give this one another --id: with a registration key, it is then pending without provenance.`,
  })
}

function pending({ app, id }: Pick<Build, 'app' | 'id'>): CliError {
  return cliError('CLI_BUILD_PENDING', `The build ${id} is registered and not active: it gets no tokens`, {
    hint: activationHint({ app, id }),
  })
}

export function activationHint({ app, id }: Pick<Build, 'app' | 'id'>): string {
  return `An admin looks at it and runs \`assay build activate ${id} --app ${app}\`; or the pipeline signs what it builds: --provenance-key.`
}
