import { AsyncLocalStorage } from 'node:async_hooks'
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base'
import type { Attest, AttestPorts, Concluded } from '../../attestation/attest.ts'
import type { CheckedTracing } from '../../config/tracing.config.ts'
import type { Appended } from '../../operations/audit/ports.ts'
import type { Clock } from '../../system/ports.ts'
import { steadyClock } from '../../system/steady-clock.ts'

export interface Tracing {
  /** Makes a span for each attestation, with its kind and outcome. */
  attest(attest: Attest): Attest
  /** The ports of an attestation; each call of one is a span within that of the attestation. */
  steps(ports: AttestPorts): AttestPorts
  /** Makes a span of no length for an entry of the audit log. */
  recordAuditEntry(entry: Pick<Appended, 'number' | 'mac' | 'action'>): void
  /** Sends pending spans. */
  close(): Promise<void>
}

/** The attestation that a step is part of. Both use one clock, so that no step lies outside. */
interface Whole {
  readonly context: Context
  readonly clock: Clock
}

/** Milliseconds that one request to the collector may take. */
const patience = 5_000

/**
 * Spans of attestations and of entries of the audit log, sent by OTLP over HTTP. They hold registered names, codes and
 * times: no token, key, challenge, evidence or address. A slow or absent collector costs spans, but no attestation waits for it.
 *
 * @param onFailure called when sending fails, and not again until it has succeeded
 */
export function createTracing({ url }: CheckedTracing, onFailure: (error: unknown) => void): Tracing {
  const exporter = reportingOnce(new OTLPTraceExporter({ url, timeoutMillis: patience }), onFailure)
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'assay' }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  })
  const tracer = provider.getTracer('@assay/service')
  const within = new AsyncLocalStorage<Whole>()

  function traced<Given extends unknown[], Gives>(name: string, work: (...given: Given) => Gives) {
    return (...given: Given): Gives => {
      const whole = within.getStore()
      // A call outside an attestation is not one of its steps.
      if (whole === undefined) return work(...given)
      const { context, clock } = whole
      return settle(tracer.startSpan(name, { startTime: clock() }, context), clock, () => work(...given))
    }
  }

  return {
    attest: (attest) => async (request, id, network) => {
      const clock = steadyClock()
      const options = { kind: SpanKind.SERVER, startTime: clock() }
      const span = tracer.startSpan('attestation', options, ROOT_CONTEXT)
      span.setAttribute('assay.trace', id)
      const whole = { context: trace.setSpan(ROOT_CONTEXT, span), clock }
      return settle(span, clock, () => within.run(whole, () => attest(request, id, network)), describe)
    },
    steps(ports) {
      const { singleUse, measurements, installations, platform } = ports
      return {
        ...ports,
        singleUse: {
          ...singleUse,
          take: traced('challenge.use', (use) => singleUse.take(use)),
        },
        measurements: {
          ...measurements,
          digest: traced('measurement.digest', (...given) => measurements.digest(...given)),
        },
        checkMeasurement: traced('measurement.verify', ports.checkMeasurement),
        installations: {
          ...installations,
          recall: traced('installation.recall', (...given) => installations.recall(...given)),
          enrol: traced('installation.enrol', (...given) => installations.enrol(...given)),
          refresh: traced('installation.refresh', (...given) => installations.refresh(...given)),
        },
        platform: {
          ...platform,
          verify: traced('evidence.verify', (...given) => platform.verify(...given)),
        },
        isBanned: traced('ban.look_up', ports.isBanned),
        appraise: traced('policy.appraise', ports.appraise),
        issue: traced('token.issue', ports.issue),
      }
    },
    recordAuditEntry({ number, mac, action }) {
      const startTime = steadyClock()()
      const attributes = {
        'assay.audit.number': number,
        'assay.audit.mac': mac,
        'assay.audit.action': action,
      }
      tracer.startSpan('audit.entry', { startTime, attributes }, ROOT_CONTEXT).end(startTime)
    },
    close: () => provider.shutdown().catch(onFailure),
  }
}

/** Ends the span with the work, whether or not that returns a promise. An error is recorded by its code only. */
function settle<Gives>(
  span: Span,
  clock: Clock,
  work: () => Gives,
  onDone: (span: Span, given: Awaited<Gives>) => void = () => undefined,
): Gives {
  const failed = (error: unknown): never => {
    const { code } = Object(error) as { code?: unknown }
    span.setStatus({ code: SpanStatusCode.ERROR })
    if (typeof code === 'string') span.setAttribute('assay.code', code)
    span.end(clock())
    throw error
  }
  const done = (given: Awaited<Gives>): Awaited<Gives> => {
    onDone(span, given)
    span.end(clock())
    return given
  }
  try {
    const given = work()
    return (given instanceof Promise ? given.then(done, failed) : done(given as Awaited<Gives>)) as Gives
  } catch (error) {
    return failed(error)
  }
}

function describe(span: Span, { outcome, about, isRepeat, tally }: Concluded): void {
  const attributes: Attributes = {
    'assay.outcome': outcome.outcome,
    'assay.repeat': isRepeat,
    'assay.platform': tally.platform,
    'assay.evidence': [...tally.evidence],
    'assay.left_out': [...tally.leftOut],
    'assay.tier': tally.tier,
    'assay.policy': tally.policy,
  }
  // Strangers must not choose values: until the challenge proves authentic, app and build are unknown.
  if (about !== undefined) {
    attributes['assay.app'] = about.app
    attributes['assay.build'] = about.build
  }
  if (outcome.outcome !== 'result') attributes['assay.code'] = outcome.code
  // A refusal is not an error of the service.
  if (outcome.outcome === 'malfunction') span.setStatus({ code: SpanStatusCode.ERROR })
  span.setAttributes(attributes)
}

function reportingOnce(exporter: SpanExporter, onFailure: (error: unknown) => void): SpanExporter {
  let isFailing = false
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.error !== undefined && !isFailing) onFailure(result.error)
        isFailing = result.error !== undefined
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
  }
}
