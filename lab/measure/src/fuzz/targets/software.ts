import { parseStrictJson } from '@assay/protocol'
import { software, SoftwareError, softwareErrorCodes } from '@assay/evidence/software'
import { outcomeOfThrowing } from '../target/refusals.ts'
import type { Target } from '../target/target.ts'

const response = Buffer.alloc(32).toString('base64url')
const tag = Buffer.alloc(8).toString('base64url')

/** The `measurement` member of client data. */
export const target: Target = {
  run(input) {
    const json = parseStrictJson(Buffer.from(input).toString('utf8'), { maxLength: 200_000, maxDepth: 8 })
    if (!json.ok) return json.fault
    return outcomeOfThrowing(
      () => software.parse({ measurement: json.value, text: json.value }),
      SoftwareError,
      softwareErrorCodes,
    )
  },
  seeds: [
    { response, tags: { 'classes.dex': tag, 'lib/arm64-v8a/libmain.so': tag } },
    { response, tags: {} },
    { response, tags: { '': tag } },
    { response, tags: [tag] },
    { response: 'short', tags: null },
    { response, tags: Object.fromEntries(Array.from({ length: 4097 }, (_, i) => [`s${i}`, tag])) },
  ].map((value) => Buffer.from(JSON.stringify(value))),
}
