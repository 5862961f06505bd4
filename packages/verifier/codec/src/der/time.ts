import { CodecError } from '../errors/codec-error.ts'

const utcTime = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
const generalizedTime = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{0,8}[1-9]))?Z$/

/**
 * The instant of a UTCTime in milliseconds since 1970. Two-digit years are read as RFC 5280 reads them, 1950 to 2049.
 *
 * @throws CodecError DER_VALUE unless it is of the form YYMMDDHHMMSSZ and names a date that exists.
 */
export function decodeUtcTime(text: string): number {
  const parts = utcTime.exec(text)
  if (parts === null) throw malformed()
  const year = Number(parts[1])
  return instant(year < 50 ? 2000 + year : 1900 + year, parts)
}

/**
 * The instant of a GeneralizedTime in milliseconds since 1970; finer fractions are cut off.
 *
 * @throws CodecError DER_VALUE unless it is of the form YYYYMMDDHHMMSS[.f]Z, the fraction without trailing zeros, and
 * names a date that exists.
 */
export function decodeGeneralizedTime(text: string): number {
  const parts = generalizedTime.exec(text)
  if (parts === null) throw malformed()
  const fraction = parts[7] === undefined ? 0 : Math.floor(Number(`0.${parts[7]}`) * 1000)
  return instant(Number(parts[1]), parts) + fraction
}

function instant(year: number, parts: RegExpExecArray): number {
  const [month, day, hour, minute, second] = parts.slice(2, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) throw malformed()
  if (hour > 23 || minute > 59 || second > 59) throw malformed()
  return date.setUTCHours(hour, minute, second)
}

function malformed(): CodecError {
  return new CodecError('DER_VALUE', 'a time is malformed')
}
