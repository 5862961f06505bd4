import { decodeUtf8, parseJsonObject, parseStrictJson } from '@assay/protocol'
import { accepted, type Target } from '../target/target.ts'

const bounds = { maxLength: 65_536, maxDepth: 8 }

const isRecord = (value: unknown) => Object.prototype.toString.call(value) === '[object Object]'

/** As a request body is read: bytes, text, JSON. What is accepted must be what `JSON.parse` makes of it. */
export const target: Target = {
  run(input) {
    const text = decodeUtf8(input)
    if (text === undefined) return 'not UTF-8'
    if (!Buffer.from(text, 'utf8').equals(input)) throw new Error('the text has other bytes')
    const json = parseStrictJson(text, bounds)
    const object = parseJsonObject(text, bounds)
    if ((object !== undefined) !== (json.ok && isRecord(json.value)))
      throw new Error('not the same is an object')
    if (!json.ok) return json.fault
    if (JSON.stringify(json.value) !== JSON.stringify(JSON.parse(text)))
      throw new Error('another value was read')
    return accepted
  },
  seeds: [
    '{"a":[1,2,{"b":"c"}],"\\u0061b":null,"d":"\\ud83d\\ude00\u{1f600}\u00e9\u20ac"}',
    '{"a":1,"\\u0061":2}',
    '["\\ud800"]',
    '[[[[[[[[[1]]]]]]]]]',
    '{"__proto__":1}',
    '{"a":"\\x"}',
    '{"a":"',
    ']',
  ].map((text) => Buffer.from(text)),
}
