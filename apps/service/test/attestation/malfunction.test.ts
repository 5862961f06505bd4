import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { measure, signed } from '../support/device.ts'
import { runService } from '../support/running-service.ts'
import { challenge, registerWebApp, webDevice } from '../support/web-app.ts'

it('an unreadable code image is a malfunction, not a refusal, and the same bytes are served once it is readable', async () => {
  const service = await runService()
  try {
    await registerWebApp(service)
    await service.restart()
    // Emptied where they lie: whoever has opened them already has nothing to read any more.
    const putBack = await emptyFilesIn(path.join(service.config.dataFolder, 'blobs'))
    const device = webDevice()
    service.advance(2 * 1_800_000)
    const clientData = await measure(device, await challenge(service, device))
    const body = signed(device.key, clientData)
    const refused = await service.call('POST', '/v1/attestations', { body, key: null })
    expect(refused.json).toMatchObject({ code: 'temporarily_unavailable', status: 503 })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    const { trace } = refused.json as { trace: string }
    expect((await service.call('GET', `/v1/attestations/${trace}`)).json).toMatchObject({
      outcome: 'malfunction',
    })
    await putBack()

    const other = signed(device.key, { ...clientData, sdk: 'other/2' })
    expect((await service.problem('POST', '/v1/attestations', { body: other, key: null })).code).toBe(
      'challenge_used',
    )
    expect((await service.call('POST', '/v1/attestations', { body, key: null })).status).toBe(200)
  } finally {
    await service.close()
  }
})

async function emptyFilesIn(folder: string): Promise<() => Promise<void>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
  const contents = await Promise.all(files.map((file) => readFile(file)))
  await Promise.all(files.map((file) => writeFile(file, '')))
  return async () => {
    await Promise.all(files.map((file, i) => writeFile(file, contents[i] as Buffer)))
  }
}

it('the service writes refusals to disk before it stops', async () => {
  const service = await runService()
  try {
    await registerWebApp(service)
    const device = webDevice()
    const clientData = await measure(device, await challenge(service, device))
    const measurement = { ...clientData.measurement, response: 'A'.repeat(43) }
    const body = signed(device.key, { ...clientData, measurement })
    const { trace } = await service.problem('POST', '/v1/attestations', { body, key: null })
    await service.restart()
    expect((await service.call('GET', `/v1/attestations/${trace ?? ''}`)).json).toMatchObject({ trace })
    expect((await service.problem('GET', `/v1/attestations/${'A'.repeat(22)}`)).code).toBe('trace_not_found')
  } finally {
    await service.close()
  }
})
