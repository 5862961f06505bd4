import { useState } from 'react'
import type { Build } from '@assay/protocol/schemas'
import { changes } from '../api/changes.ts'
import { ConfirmedAction } from '../ui/action.tsx'
import { ChoiceField } from '../ui/filters.tsx'

const keep = 'keep'
const ends = [
  [keep, 'unchanged'],
  ...[30, 90, 180, 365].map((days) => [`${days}d`, `in ${days} days`] as const),
  ['never', 'never'],
] as const

/** For whom a build is, and until when it gets tokens. */
export function ChangeBuild({ build: { app, id, channel, difference_until: first } }: { build: Build }) {
  const [to, setTo] = useState<string>(channel)
  const [end, setEnd] = useState<string>(keep)
  const [difference, setDifference] = useState<string>(keep)
  const change = changes.updateBuild(
    { app, build: id },
    {
      ...(to === channel ? {} : { channel: to as Build['channel'] }),
      ...(end === keep ? {} : { end }),
      endFirstDays: difference !== keep,
    },
  )
  return (
    <ConfirmedAction
      label="Change"
      title={`Change build ${id} of ${app}`}
      small
      ready={[to === channel, end === keep, difference === keep].includes(false)}
      onOpen={() => {
        setTo(channel)
        setEnd(keep)
        setDifference(keep)
      }}
      change={change}
    >
      <div className="stacked-form">
        <ChoiceField
          label="Channel"
          value={to}
          choices={['production', 'beta', 'internal'].map((one) => [one, one] as const)}
          onChoose={setTo}
        />
        <ChoiceField label="Expires" value={end} choices={ends} onChoose={setEnd} />
        {first === null || Date.parse(first) <= Date.now() ? null : (
          <ChoiceField
            label="Devices whose code differs"
            value={difference}
            choices={[
              [keep, 'get warning, unchanged'],
              ['end', 'are refused from now on'],
            ]}
            onChoose={setDifference}
          />
        )}
      </div>
    </ConfirmedAction>
  )
}
