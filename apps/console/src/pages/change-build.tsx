import { useState } from 'react'
import type { Build, BuildPatch } from '@assay/protocol/schemas'
import { call, segment } from '../api/client.ts'
import { commandLine } from '../forms/command-line.ts'
import { ConfirmedAction } from '../ui/action.tsx'
import { ChoiceField } from '../ui/filters.tsx'

const day = 86_400_000
const keep = 'keep'
const ends = [
  [keep, 'as it is'],
  ...[30, 90, 180, 365].map((days) => [`${days}d`, `in ${days} days`] as const),
  ['never', 'never'],
] as const

/** For whom a build is, and until when it gets tokens. */
export function ChangeBuild({ build: { app, id, channel, difference_until: first } }: { build: Build }) {
  const [to, setTo] = useState<string>(channel)
  const [end, setEnd] = useState<string>(keep)
  const [difference, setDifference] = useState<string>(keep)
  const patch = {
    ...(to === channel ? {} : { channel: to as Build['channel'] }),
    ...(end === keep
      ? {}
      : {
          expires_at:
            end === 'never' ? null : new Date(Date.now() + Number.parseInt(end, 10) * day).toISOString(),
        }),
    ...(difference === keep ? {} : { difference_until: null }),
  } satisfies BuildPatch
  const options = [
    ...(to === channel ? [] : ['--channel', to]),
    ...(end === keep ? [] : ['--expires', end]),
    ...(difference === keep ? [] : ['--end-first-days']),
  ]
  return (
    <ConfirmedAction
      label="Change"
      title={`Change build ${id} of ${app}`}
      small
      ready={options.length > 0}
      onOpen={() => {
        setTo(channel)
        setEnd(keep)
        setDifference(keep)
      }}
      run={() => call('PATCH', `v1/apps/${segment(app)}/builds/${segment(id)}`, { body: patch })}
      cli={commandLine('assay', 'build', 'update', id, '--app', app, ...options)}
    >
      <div className="stacked-form">
        <ChoiceField
          label="Channel"
          value={to}
          choices={['production', 'beta', 'internal'].map((one) => [one, one] as const)}
          onChoose={setTo}
        />
        <ChoiceField label="It ends by itself" value={end} choices={ends} onChoose={setEnd} />
        {first === null || Date.parse(first) <= Date.now() ? null : (
          <ChoiceField
            label="Devices whose code differs"
            value={difference}
            choices={[
              [keep, 'get warning, as it is'],
              ['end', 'are refused from now on'],
            ]}
            onChoose={setDifference}
          />
        )}
      </div>
    </ConfirmedAction>
  )
}
