import type { BuildSummary } from '@assay/protocol/schemas'
import { changes } from '../api/changes.ts'
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

function StateAction({ build }: { build: Registered }) {
  const { app, id } = build
  const act = (what: 'retireBuild' | 'activateBuild' | 'restoreBuild') => ({
    small: true,
    change: changes[what]({ app, build: id }),
  })
  switch (build.state) {
    case 'active':
      return (
        <ConfirmedAction
          label="Retire"
          title={`Retire build ${id} of ${app}?`}
          danger
          {...act('retireBuild')}
        >
          Its installations get no more tokens; those that they hold are good until they expire, or until
          guards read the status list. An admin can restore it within 30 days.
        </ConfirmedAction>
      )
    case 'pending':
      return (
        <ConfirmedAction label="Activate" title={`Activate build ${id} of ${app}?`} {...act('activateBuild')}>
          You vouch for it: its installations may get tokens. Compare it with what your pipeline released
          first: <code>assay build diff</code>.
        </ConfirmedAction>
      )
    case 'retired':
      return (
        <ConfirmedAction label="Restore" title={`Restore build ${id} of ${app}?`} {...act('restoreBuild')}>
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
      change={changes.removeBuild({ app: build.app, build: build.id })}
    >
      Nobody has attested with it. Its id becomes free, and nothing remembers its code.
    </ConfirmedAction>
  )
}
