import { randomBytes } from 'node:crypto'
import { registration } from '../../kinds/registration.ts'
import { allOf } from '../../verdict.ts'

export const registeredJunk = registration({
  id: 'registered-junk',
  title: 'Files that are no APKs are registered with a leaked pipeline key',
  oat: 'OAT-015',
  method: 'nothing, random bytes, half an APK, an APK with bytes before and behind it',
  async attack({ operator, apks: { release } }, key) {
    const files = [
      Buffer.alloc(0),
      randomBytes(100_000),
      release.subarray(0, release.length >> 1),
      release.subarray(release.length >> 1),
      Buffer.concat([randomBytes(64), release]),
      Buffer.concat([release, randomBytes(64)]),
    ]
    const verdicts = []
    for (const file of files) verdicts.push(await operator.register(file, { id: 'junk', key }))
    return allOf(verdicts)
  },
})
