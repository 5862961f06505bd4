import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AttestationResponse } from '@assay/protocol'
import { imageOf } from '../support/device.ts'
import { runService, type ServiceUnderTest } from '../support/running-service.ts'
import { attestation, registerWebApp, scripts, webApp, webDevice } from '../support/web-app.ts'

interface OtlpSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: { key: string; value: { stringValue?: string; boolValue?: boolean } }[]
  status: { code?: number }
}

/** What an `ExportTraceServiceRequest` of OTLP/HTTP is, in JSON. */
interface Export {
  resourceSpans: {
    resource: { attributes: OtlpSpan['attributes'] }
    scopeSpans: { spans: OtlpSpan[] }[]
  }[]
}

/** A receiver of OTLP/HTTP. */
async function startReceiver(status = 200) {
  const exported: Export[] = []
  const asked: string[] = []
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['content-type']}`)
    void text(request).then((body) => {
      exported.push(JSON.parse(body) as Export)
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    text: () => JSON.stringify(exported),
    resource: () => exported[0]?.resourceSpans[0]?.resource.attributes ?? [],
    spans: () =>
      exported.flatMap(({ resourceSpans }) =>
        resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      ),
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

const changed = { ...scripts, 'app.js': Buffer.from(scripts['app.js'].toString().replace('aa', 'ba')) }

const valueOf = ({ attributes }: Pick<OtlpSpan, 'attributes'>, key: string) => {
  const value = attributes.find((one) => one.key === key)?.value
  return value?.stringValue ?? value?.boolValue
}

describe('traces by OTLP', () => {
  let receiver: Awaited<ReturnType<typeof startReceiver>>
  let service: ServiceUnderTest
  let passed: AttestationResponse
  beforeAll(async () => {
    receiver = await startReceiver()
    service = await runService({ tracing: { endpoint: `${receiver.endpoint}/` } })
    await registerWebApp(service)
    passed = await attestation(service, webDevice())
    await attestation(service, webDevice({ image: imageOf(changed) })).catch(() => undefined)
    // What waits is sent when it stops.
    await service.close()
  })
  afterAll(() => receiver.close())

  const attestations = () => receiver.spans().filter(({ name }) => name === 'attestation')
  const auditEntries = () => receiver.spans().filter(({ name }) => name === 'audit.entry')
  const stepsOf = ({ traceId, spanId }: OtlpSpan) =>
    receiver.spans().filter((span) => span.traceId === traceId && span.parentSpanId === spanId)

  it('reach a receiver under the name of the service', () => {
    expect(receiver.asked[0]).toBe('POST /v1/traces application/json')
    expect(valueOf({ attributes: receiver.resource() }, 'service.name')).toBe('assay')
  })

  it('contain each attestation with all of its steps inside', () => {
    const whole = attestations().find((span) => valueOf(span, 'assay.trace') === passed.trace)
    if (whole === undefined) throw new Error('the attestation that passed has no span')
    expect(valueOf(whole, 'assay.outcome')).toBe('result')
    expect(valueOf(whole, 'assay.app')).toBe(webApp)
    const steps = stepsOf(whole)
    expect(steps.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['challenge.use', 'measurement.verify', 'policy.appraise', 'token.issue']),
    )
    for (const step of steps) {
      expect(BigInt(step.startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(whole.startTimeUnixNano))
      expect(BigInt(step.endTimeUnixNano)).toBeLessThanOrEqual(BigInt(whole.endTimeUnixNano))
    }
    expect(receiver.spans()).toHaveLength(
      auditEntries().length + attestations().length + attestations().flatMap((span) => stepsOf(span)).length,
    )
  })

  it('contain the MAC of each entry of the audit log', () => {
    const added = auditEntries().filter((span) => valueOf(span, 'assay.audit.action') === 'app.add')
    expect(added).toHaveLength(1)
    expect(valueOf(added[0] as OtlpSpan, 'assay.audit.mac')).toMatch(/^[\w-]{43}$/)
    expect(added[0]?.parentSpanId ?? '').toBe('')
  })

  it('contain the code of a refusal, which is not a fault of the service', () => {
    const refused = attestations().find((span) => valueOf(span, 'assay.outcome') === 'denied')
    expect(refused).toBeDefined()
    expect(valueOf(refused as OtlpSpan, 'assay.code')).toBe('SOFTWARE_SEGMENT_MISMATCH')
    expect((refused as OtlpSpan).status.code ?? 0).toBe(0)
  })

  it('contain no token, key, challenge, evidence or address', () => {
    const [{ token } = { token: '' }] = passed.tokens
    expect(token.length).toBeGreaterThan(100)
    expect(receiver.text()).not.toContain(token)
    expect(receiver.text()).not.toContain(token.split('.')[2])
    expect(receiver.text()).not.toContain('127.0.0.1')
    const keys = new Set(receiver.spans().flatMap(({ attributes }) => attributes.map(({ key }) => key)))
    expect([...keys].sort()).toEqual(
      [
        'assay.app',
        'assay.audit.action',
        'assay.audit.mac',
        'assay.audit.number',
        'assay.build',
        'assay.code',
        'assay.evidence',
        'assay.left_out',
        'assay.outcome',
        'assay.platform',
        'assay.policy',
        'assay.repeat',
        'assay.tier',
        'assay.trace',
      ].filter((key) => keys.has(key)),
    )
    for (const span of receiver.spans())
      for (const { value } of span.attributes) expect(String(value.stringValue ?? '').length).toBeLessThan(65)
  })
})

it('the log names a receiver that refuses, and no attestation waits for it', async () => {
  const receiver = await startReceiver(400)
  const service = await runService({ tracing: { endpoint: receiver.endpoint } })
  await registerWebApp(service)
  expect((await attestation(service, webDevice())).tokens).toHaveLength(1)
  await service.close()
  expect(service.log()).toContain('malfunction')
  await receiver.close()
})

it.each(['ftp://127.0.0.1', 'http://user:secret@127.0.0.1:4318', 'nowhere', 'http://127.0.0.1/?key=1'])(
  'an endpoint that is none stops it: %s',
  async (endpoint) => {
    await expect(runService({ tracing: { endpoint } })).rejects.toMatchObject({ code: 'SERVICE_TRACING' })
  },
)
