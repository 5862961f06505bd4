import { describe, expect, it } from 'vitest'
import { readTraceId, traceIdOf, traceInGroups } from '../../src/index.ts'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const bytes = Uint8Array.from([0x8a, 0x33, 0x0f, 0xfe, 0x07, 0x5c, 0xd1, 0x29, 0xb4, 0x66])
const id = traceIdOf(bytes)

/** The bytes of an id, read without the code under test. */
const bytesOf = (text: string): number[] => {
  const bits = [...text.slice(0, 16)]
    .map((one) => alphabet.indexOf(one).toString(2).padStart(5, '0'))
    .join('')
  return Array.from({ length: 10 }, (_, i) => parseInt(bits.slice(8 * i, 8 * i + 8), 2))
}

describe('a trace id', () => {
  it('is 16 characters that hold all 80 bits, and one that checks them', () => {
    expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{17}$/)
    expect(bytesOf(id)).toEqual([...bytes])
    expect(traceIdOf(new Uint8Array(10))).toBe('0'.repeat(17))
    expect(bytesOf(traceIdOf(new Uint8Array(10).fill(255)))).toEqual(Array(10).fill(255))
  })

  it('has the check character of the protocol page', () => expect(id).toBe('H8SGZZG7BK8JKD36W'))

  it('is found in any case and spacing, and with the letters that look like digits', () => {
    const zeros = traceIdOf(Uint8Array.from([0, 66, 16, 132, 33, 8, 66, 16, 132, 33]))
    expect(zeros).toMatch(/^01{15}/)
    for (const text of [
      id,
      id.toLowerCase(),
      ` ${id}\n`,
      traceInGroups(id),
      [...id].join(' '),
      [...id].join('-'),
      id.replace(/.{4}/g, '$&\u2013'),
      id.replace(/.{6}/g, '$&.'),
    ])
      expect(readTraceId(text), text).toBe(id)
    expect(readTraceId(zeros.replace(/1/g, 'l').replace(/0/g, 'o'))).toBe(zeros)
    expect(readTraceId(zeros.replace(/1/g, 'I').replace(/0/g, 'O'))).toBe(zeros)
  })

  it('shows every wrong character, and every two neighbours that changed places', () => {
    for (let at = 0; at < id.length; at++) {
      const others = [...alphabet].filter((one) => one !== id[at])
      const wrong = others.filter(
        (one) => readTraceId(id.slice(0, at) + one + id.slice(at + 1)) !== undefined,
      )
      expect(wrong, `at ${at}`).toEqual([])
      const [one, next] = [id[at], id[at + 1]]
      if (next === undefined || one === next) continue
      expect(readTraceId(id.slice(0, at) + next + one + id.slice(at + 2)), `swapped at ${at}`).toBeUndefined()
    }
  })

  it.each([
    ['a character short', id.slice(1)],
    ['a character long', `${id}0`],
    ['U, which is not of the alphabet', `U${id.slice(1)}`],
    ['a check character outside the alphabet', `${id.slice(0, 16)}*`],
    ['a character outside ASCII', `\u0130${id.slice(1)}`],
    ['64 spaces before it', ' '.repeat(64) + id],
    ['nothing', ''],
  ])('is not: %s', (_what, text) => expect(readTraceId(text)).toBeUndefined())

  it('of the former kind is itself, case and all', () => {
    const former = 'JnGmJ1zKQxq0V7yq3c2hVA'
    expect(readTraceId(`  ${former} `)).toBe(former)
    expect(traceInGroups(former)).toBe(former)
    expect(readTraceId(`-${former.slice(1)}`)).toBeUndefined()
  })
})
