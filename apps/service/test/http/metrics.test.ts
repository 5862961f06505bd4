import { spawnSync } from 'node:child_process'
import http from 'node:http'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Sqlite } from '../../src/storage/database/sqlite-driver.ts'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMetricsListener } from '../../src/http/metrics-listener.ts'
import { backUp } from '../../src/index.ts'
import { challengeBody } from '../support/device.ts'
import { runService, type ServiceUnderTest } from '../support/running-service.ts'
import { attestation, registerWebApp, webApp, webDevice } from '../support/web-app.ts'

const deployed = new URL('../../../../deploy/observability/', import.meta.url)
const promtool = (args: string[], input = '') =>
  spawnSync('promtool', args, { input, encoding: 'utf8', cwd: fileURLToPath(deployed) })
const isThere = promtool(['--version']).status === 0
if (!isThere && process.env.ASSAY_REQUIRE_ALL === '1') throw new Error('promtool is missing')
if (!isThere) console.log('not run: checks of metrics and alerts, promtool is missing')

interface Board {
  panels: { targets: { expr: string }[] }[]
}

let service: ServiceUnderTest
let text: string
/** What one line of the metrics says. */
const valueOf = (series: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length),
  )

beforeAll(async () => {
  service = await runService({
    metrics: { host: '127.0.0.1', port: 0, names: ['Node-1.internal'] },
    limits: { challenges: { requests: 2, seconds: 60 } },
  })
  await registerWebApp(service)
  await attestation(service, webDevice())
  const body = { ...challengeBody(webDevice()), build: 'none' }
  await service.call('POST', '/v1/challenges', { body, key: null })
  expect((await service.call('POST', '/v1/challenges', { body, key: null })).status).toBe(429)
  const answer = await fetch(`${service.metricsUrl}/metrics`)
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  text = await answer.text()
})
afterAll(() => service.close())

describe('metrics', () => {
  it('count attestations and their time', () => {
    expect(text).toContain(
      `assay_attestations_total{app="${webApp}",platform="web",outcome="passed",tier="warning",code=""} 1`,
    )
    expect(text).toContain('assay_attestation_duration_seconds_count{outcome="passed"} 1')
    expect(text).toMatch(/^assay_build_attestations_total\{app="[^"]+",build="[^"]+",outcome="passed"\} 1$/m)
  })

  it('count apart what proves nothing, and what is beyond a limit', () => {
    expect(text).toContain(`assay_requests_unproven_total{app="${webApp}",code="build_not_registered"} 1`)
    expect(text).toContain('assay_requests_unserved_total{app="",code="LIMIT_CHALLENGES"} 1')
    expect(text).not.toContain('outcome="refused"')
  })

  it('name the version that runs', () => {
    expect(text).toMatch(/^assay_build_info\{version="\d+\.\d+\.\d+[^"]*"\} 1$/m)
  })

  it('say which parts of the service can work, and how long its store takes', () => {
    for (const part of ['service', 'database', 'blobs', 'builds'])
      expect(text).toContain(`assay_ready{part="${part}"} 1`)
    expect(valueOf('assay_store_duration_seconds_count{store="database",step="connection"}')).toBeGreaterThan(
      0,
    )
    expect(valueOf('assay_store_duration_seconds_count{store="database",step="statement"}')).toBeGreaterThan(
      0,
    )
  })

  it('say until when keys and roots hold', () => {
    const days = 24 * 3600
    const signsFor = valueOf('assay_signing_key_expiry_timestamp_seconds') - service.now() / 1000
    expect(Math.round(signsFor / days)).toBe(90)
    expect(
      valueOf('assay_trust_anchor_expiry_timestamp_seconds{anchor="Apple App Attestation Root CA"}'),
    ).toBe(Date.parse('2045-03-15T00:00:00Z') / 1000)
    expect(
      valueOf('assay_trust_anchor_expiry_timestamp_seconds{anchor="Apple Root CA - G3"}'),
    ).toBeGreaterThan(2e9)
  })

  it('say when the last backup was made', async () => {
    expect(valueOf('assay_backup_timestamp_seconds')).toBe(0)
    const target = path.join(service.folder, 'backup')
    const made = await backUp(
      service.config.dataFolder,
      target,
      service.config.sealingKey,
      () => 1_790_000_000_000,
    )
    expect(made.recorded).toBe(true)
    const later = await (await fetch(`${service.metricsUrl}/metrics`)).text()
    expect(later).toContain('\nassay_backup_timestamp_seconds 1790000000\n')
  })

  it('say when the audit log was found broken', async () => {
    expect(valueOf('assay_audit_broken_timestamp_seconds')).toBe(0)
    const database = new Sqlite(path.join(service.folder, 'data', 'assay.sqlite'))
    database.exec("update audit_head set hash = 'forged'")
    database.close()
    const before = service.now() / 1000
    await service.call('POST', '/v1/keys', { body: { name: 'x', scope: 'read' } })
    text = await (await fetch(`${service.metricsUrl}/metrics`)).text()
    const found = valueOf('assay_audit_broken_timestamp_seconds')
    expect(found).toBeGreaterThanOrEqual(before)
    expect(found).toBeLessThanOrEqual(service.now() / 1000)
  })

  it('are served on their own listener, which serves nothing else', async () => {
    expect((await service.problem('GET', '/metrics')).code).toBe('not_found')
    expect((await fetch(`${service.metricsUrl}/v1/apps`)).status).toBe(404)
  })

  /** Status of `/metrics`, asked for under a host name. */
  const askedAs = (host: string) =>
    new Promise<number>((resolve, reject) => {
      const request = http.get(`${service.metricsUrl}/metrics`, { headers: { host } }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
      request.on('error', reject)
    })

  it.each([
    ['127.0.0.1:9464', 200],
    ['10.1.2.3', 200],
    ['[::1]:9464', 200],
    ['localhost:9464', 200],
    ['node-1.internal:9464', 200],
    ['NODE-1.internal', 200],
    // What a page in a browser of the network could let lead here.
    ['attacker.example', 421],
    ['127.0.0.1.attacker.example:9464', 421],
    ['node-1.internal.attacker.example', 421],
    ['[attacker]', 421],
  ])('are served under addresses and names that are known: %s %d', async (host, status) => {
    expect(await askedAs(host)).toBe(status)
  })

  it('are served over a few connections, which must ask in time', () => {
    const { server } = createMetricsListener(new Registry(), { host: '127.0.0.1' })
    expect(server.maxConnections).toBe(32)
    expect([server.requestTimeout, server.timeout, server.keepAliveTimeout]).toEqual([5_000, 10_000, 90_000])
  })

  it('have the names that the board and the alerts use', () => {
    const board = readFileSync(new URL('grafana-board.json', deployed), 'utf8')
    const alerts = ['alerts.yml', 'alerts-weeks.yml']
      .map((file) => readFileSync(new URL(file, deployed), 'utf8'))
      .join('')
    const named = [...(board + alerts).matchAll(/\b(?:assay|process|nodejs)_[a-z_0-9]+/g)]
      .map(([name]) => name)
      // Those of guards and proxies are looked for where `assay guard serve` and `assay guard proxy` are tested.
      .filter((name) => !/^assay_(?:guard|proxy)_/.test(name))
    expect(named.length).toBeGreaterThan(10)
    // Numbers of an hour come when it is over, and lists of vendors when an app needs one: `service-gauges.test.ts` has them.
    const isLater = (name: string) =>
      /^assay_(?:(?:build_)?installations$|build_(?:os_)?refused_|clock_offset_|vendor_list_)/.test(name)
    for (const name of named)
      expect(text).toMatch(new RegExp(`^${isLater(name) ? '# TYPE ' : ''}${name}(_total)?[ {]`, 'm'))
  })

  it('are those of the chosen job on every panel of the board, and a panel shows memory', () => {
    const { panels } = JSON.parse(readFileSync(new URL('grafana-board.json', deployed), 'utf8')) as Board
    const shown = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
    for (const expr of shown)
      for (const [selector, labels] of expr.matchAll(/\b(?:assay|process|nodejs)_\w+(\{[^}]*\})?/g))
        expect(labels, `${selector} of ${expr}`).toMatch(/^\{job=~"\$(?:guard_|proxy_)?job"/)
    expect(shown.join()).toContain('process_resident_memory_bytes')
  })

  it('are asked for by the jobs that the alerts watch', () => {
    const jobsIn = (file: string, pattern: RegExp) =>
      new Set([...readFileSync(new URL(file, deployed), 'utf8').matchAll(pattern)].map(([, job]) => job))
    const watched = jobsIn('alerts.yml', /job="([^"]+)"/g)
    expect([...watched]).toEqual(['assay', 'assay-guard', 'assay-proxy'])
    expect(jobsIn('prometheus.yml', /job_name: (\S+)/g)).toEqual(watched)
  })

  it.runIf(isThere)('have alerts that promtool accepts', () => {
    expect(promtool(['check', 'metrics'], text)).toMatchObject({ status: 0, stderr: '', stdout: '' })
    // The canary: a gauge by the name of a counter.
    expect(
      promtool(['check', 'metrics'], '# HELP a_total a\n# TYPE a_total gauge\na_total 1\n').status,
    ).not.toBe(0)
    expect(promtool(['check', 'rules', 'alerts.yml', 'alerts-weeks.yml'])).toMatchObject({ status: 0 })
    expect(promtool(['check', 'config', 'prometheus.yml'])).toMatchObject({ status: 0 })
    expect(promtool(['test', 'rules', 'alerts.test.yml', 'alerts-weeks.test.yml'])).toMatchObject({
      status: 0,
    })
    // The canary: a rule that is none.
    expect(promtool(['check', 'rules', 'grafana-board.json']).status).not.toBe(0)
  })
})
