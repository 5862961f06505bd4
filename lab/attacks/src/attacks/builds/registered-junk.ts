import { registration } from '../../kinds/registration.ts'
import { allOf } from '../../verdict.ts'

export const registeredJunk = registration({
  id: 'registered-junk',
  title: 'Files that are no APKs are registered with a leaked pipeline key',
  oat: 'OAT-015',
  method: 'nothing, other bytes, half an APK, an APK with bytes behind it',
  async attack({ operator, apks: { release } }, key) {
    const files = [
      Buffer.alloc(0),
      Buffer.alloc(100_000, 'junk'),
      release.subarray(0, release.length >> 1),
      release.subarray(release.length >> 1),
      Buffer.concat([release, Buffer.alloc(64)]),
    ]
    const verdicts = []
    for (const file of files) verdicts.push(await operator.register(file, { id: 'junk', key }))
    return allOf(verdicts)
  },
})
