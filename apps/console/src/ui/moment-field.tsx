import { useZone } from './time.tsx'
import { zoneName, type Zone } from './zone.ts'

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
        value={value === '' ? '' : fieldOf(value, zone)}
        onChange={({ target }) => onChange(target.value === '' ? '' : momentOf(target.value, zone))}
      />
    </>
  )
}

const twoDigits = (number: number) => String(number).padStart(2, '0')

/** As the field takes it: without a zone. */
function fieldOf(moment: string, zone: Zone): string {
  const date = new Date(moment)
  if (Number.isNaN(date.getTime())) return ''
  if (zone === 'utc') return date.toISOString().slice(0, 16)
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoDigits).join('-')
  return `${day}T${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`
}

const momentOf = (field: string, zone: Zone): string =>
  new Date(zone === 'utc' ? `${field}Z` : field).toISOString()
