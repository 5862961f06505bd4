import { useZone } from './time.tsx'
import { fieldOf, lastMoment, momentOf } from './moment.ts'
import { zoneName } from './zone.ts'

interface MomentField {
  id: string
  label: string
  /** RFC 3339; empty: none. */
  value: string
  onChange: (value: string) => void
}

/** A moment to the minute, in the zone of the page's exact times, which the label names. */
export function MomentField({ id, label, value, onChange }: MomentField) {
  const zone = useZone()
  return (
    <>
      <label htmlFor={id}>
        {label} ({zoneName(zone)})
      </label>
      <input
        id={id}
        className="input"
        type="datetime-local"
        max={lastMoment}
        value={fieldOf(value, zone)}
        onChange={({ target }) => onChange(momentOf(target.value, zone))}
      />
    </>
  )
}
