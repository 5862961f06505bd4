import type { Zone } from './zone.ts'

/** The last that a field takes: years of RFC 3339 have four digits. */
export const lastMoment = '9999-12-31T23:59'

const digits = (number: number, count = 2) => String(number).padStart(count, '0')

/** An RFC 3339 moment as `datetime-local` takes it, without a zone; empty if it is none. */
export function fieldOf(moment: string, zone: Zone): string {
  const date = new Date(moment)
  if (Number.isNaN(date.getTime())) return ''
  if (zone === 'utc') return date.toISOString().slice(0, 16)
  const day = `${digits(date.getFullYear(), 4)}-${digits(date.getMonth() + 1)}-${digits(date.getDate())}`
  return `${day}T${digits(date.getHours())}:${digits(date.getMinutes())}`
}

/** The other way round. Browsers also give what is typed beyond {@link lastMoment}. */
export function momentOf(field: string, zone: Zone): string {
  const date = new Date(zone === 'utc' ? `${field}Z` : field)
  if (Number.isNaN(date.getTime())) return ''
  const moment = date.toISOString()
  return /^\d{4}-/.test(moment) ? moment : ''
}

/** Of a day (UTC, `2026-12-01`): its first moment, and the first that it does not have. */
export function boundsOf(day: string): { since: string; until: string } {
  const first = new Date(`${day}T00:00:00.000Z`)
  const next = new Date(first)
  next.setUTCDate(first.getUTCDate() + 1)
  return { since: first.toISOString(), until: next.toISOString() }
}
