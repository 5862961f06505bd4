import type { BuildSummary } from '@assay/protocol/schemas'
import { call, segment } from '../api/client.ts'
import { commandLine } from '../forms/command-line.ts'
import { ConfirmedAction } from '../ui/action.tsx'

type Registered = Pick<BuildSummary, 'app' | 'id' | 'state'>

/** What an admin may do to a build now, with the line of the CLI that does the same. */
export function BuildActions({ build, isUnused }: { build: Registered; isUnused: boolean }) {
  return (
    <span className="row-actions">
      <StateAction build={build} />
      {isUnused ? <Remove build={build} /> : null}
    </span>
  )
}

const pathOf = ({ app, id }: Registered) => `v1/apps/${segment(app)}/builds/${segment(id)}`

function StateAction({ build }: { build: Registered }) {
  const { app, id } = build
  const act = (what: 'retire' | 'activate' | 'restore') => ({
    small: true,
    run: () => call('POST', `${pathOf(build)}/${what}`, { body: {} }),
    cli: commandLine('assay', 'build', what, id, '--app', app),
  })
  switch (build.state) {
    case 'active':
      return (
        <ConfirmedAction label="Retire" title={`Retire build ${id} of ${app}?`} danger {...act('retire')}>
          Its installations get no more tokens; those that they hold are good until they expire, or until
          guards read the status list. An admin can restore it within 30 days.
        </ConfirmedAction>
      )
    case 'pending':
      return (
        <ConfirmedAction label="Activate" title={`Activate build ${id} of ${app}?`} {...act('activate')}>
          You vouch for it: its installations may get tokens. Compare it with what your pipeline released
          first: <code>assay build diff</code>.
        </ConfirmedAction>
      )
    case 'retired':
      return (
        <ConfirmedAction label="Restore" title={`Restore build ${id} of ${app}?`} {...act('restore')}>
          Its installations get tokens again, and guards no longer refuse it. This is possible for 30 days
          after it was retired.
        </ConfirmedAction>
      )
  }
}

function Remove({ build }: { build: Registered }) {
  return (
    <ConfirmedAction
      label="Remove"
      title={`Remove build ${build.id} of ${build.app}?`}
      danger
      small
      run={() => call('DELETE', pathOf(build))}
      cli={commandLine('assay', 'build', 'remove', build.id, '--app', build.app)}
    >
      Nobody has attested with it. Its id becomes free, and nothing remembers its code.
    </ConfirmedAction>
  )
}
