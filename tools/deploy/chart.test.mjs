import path from 'node:path'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parse as render } from '@evertdespiegeleer/go-template'
import Ajv from 'ajv'
import { Deployment } from 'kubernetes-models/apps/v1'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { Service } from 'kubernetes-models/v1'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const chart = new URL('../../deploy/helm/assay/', import.meta.url)
const textOf = (file) => readFile(new URL(file, chart), 'utf8')
const kinds = { Deployment, HorizontalPodAutoscaler, NetworkPolicy, PodDisruptionBudget, Service }

const given = {
  image: { repository: 'registry.example.com/assay', tag: '0.1.0', pullPolicy: 'IfNotPresent' },
  publicUrl: 'https://attest.example.com',
  trustedProxies: '10.0.0.0/8',
  secretName: 'assay',
}

/** All that is off by default. */
const everything = {
  imagePullSecrets: ['registry'],
  serviceAccount: 'assay',
  nodeSelector: { 'kubernetes.io/arch': 'amd64' },
  tolerations: [
    { key: 'dedicated', operator: 'Equal', value: 'assay', effect: 'NoSchedule' },
    { operator: 'Exists', effect: 'PreferNoSchedule' },
  ],
  volumes: [
    { name: 'google', mountPath: '/etc/assay/google', secret: 'google-credentials' },
    { name: 'authority', mountPath: '/etc/assay/authority', configMap: 'authority' },
  ],
  metrics: { enabled: true, port: 9464 },
  networkPolicy: {
    enabled: true,
    from: [{ namespace: 'ingress', pods: { app: 'haproxy' } }, { cidr: '10.0.0.0/8' }],
    operatorsFrom: [{ cidr: '10.9.0.0/16' }],
    metricsFrom: [{ namespace: 'monitoring' }],
  },
  proxy: {
    enabled: true,
    replicas: 2,
    port: 8790,
    configMap: 'proxy',
    secretName: 'provider-keys',
    resources: { cpu: '500m', memory: '256Mi', memoryLimit: '512Mi' },
  },
}

async function validator() {
  // Helm's schemas are of draft 7, as Ajv's are by default.
  return new Ajv({ strict: false }).compile(JSON.parse(await textOf('values.schema.json')))
}

/** Renders the chart as Helm would: the templates use only functions of Go's own engine, which runs here. */
async function objects(more = {}) {
  const { name, version, appVersion } = parse(await textOf('Chart.yaml'))
  const values = { ...parse(await textOf('values.yaml')), ...given, ...more }
  const context = {
    Values: values,
    Release: { Name: 'prod' },
    Chart: { Name: name, Version: version, AppVersion: appVersion },
  }
  const made = []
  for (const file of (await readdir(new URL('templates/', chart))).sort()) {
    const text = await render(await textOf(`templates/${file}`), context)
    if (text.trim() !== '') made.push(parse(text))
  }
  return made
}

/** @throws Error if Kubernetes' schema refuses the object. {@link unknownFields} finds fields that the schema does not know. */
function check(object) {
  const Kind = kinds[object.kind]
  if (Kind === undefined) throw new Error(`no schema for ${object.kind}`)
  new Kind(object).validate()
}

/** Writes objects as literals of Kubernetes' types. The errors of the compiler say which fields do not exist. */
function unknownFields(objects) {
  const file = fileURLToPath(new URL('objects.ts', import.meta.url))
  const lines = objects.map(({ apiVersion, kind, ...rest }, i) => {
    const type = `import('kubernetes-models/${apiVersion}').I${kind}`
    return `export const object${i}: ${type} = ${JSON.stringify({ apiVersion, kind, ...rest })}`
  })
  const options = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    types: [],
    module: ts.ModuleKind.NodeNext,
  }
  const host = ts.createCompilerHost(options)
  const { getSourceFile } = host
  host.getSourceFile = (name, ...more) =>
    name === file
      ? ts.createSourceFile(name, lines.join('\n'), ts.ScriptTarget.ES2022, true)
      : getSourceFile.call(host, name, ...more)
  const program = ts.createProgram([file], options, host)
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
}

describe('the chart', () => {
  it('makes objects that the schemas of Kubernetes accept, with autoscaling and without', async () => {
    const scaled = await objects(everything)
    expect(scaled.map(({ kind }) => kind).sort()).toEqual(
      [...Object.keys(kinds), 'Service', 'Deployment', 'Service', 'NetworkPolicy'].sort(),
    )
    const fixed = await objects({ autoscaling: { enabled: false }, env: { ASSAY_LOG_LEVEL: 'warn' } })
    expect(fixed).toHaveLength(4)
    for (const object of [...scaled, ...fixed]) check(object)
    expect(unknownFields([...scaled, ...fixed])).toEqual([])
    expect(fixed.find(({ kind }) => kind === 'Deployment').spec.replicas).toBe(3)
  })

  it.each([
    ['a text for a number', (object) => (object.spec.replicas = 'three')],
    [
      'a probe without a port',
      (object) => delete object.spec.template.spec.containers[0].livenessProbe.httpGet.port,
    ],
  ])('is refused by them with %s', async (_, spoil) => {
    const deployment = (await objects()).find(({ kind }) => kind === 'Deployment')
    spoil(deployment)
    expect(() => check(deployment)).toThrow()
  })

  it('is refused with fields that do not exist', async () => {
    const deployment = (await objects()).find(({ kind }) => kind === 'Deployment')
    deployment.spec.template.spec.containers[0].livenessprobe = {}
    expect(unknownFields([deployment])).toEqual([expect.stringContaining('livenessprobe')])
  })

  it('starts the proxy only with a configuration and secrets, and as it is told apart from nodes', async () => {
    const all = await objects(everything)
    const [proxy] = all.filter(({ metadata }) => metadata.name === 'prod-assay-proxy')
    const { containers, volumes } = proxy.spec.template.spec
    expect(containers[0].args).toEqual(
      expect.arrayContaining(['guard', 'proxy', '/etc/assay-proxy/proxy.yaml']),
    )
    expect(containers[0].securityContext).toMatchObject({ readOnlyRootFilesystem: true })
    expect(volumes).toContainEqual(
      expect.objectContaining({ secret: { secretName: 'provider-keys', defaultMode: 288 } }),
    )
    expect(proxy.spec.selector.matchLabels['app.kubernetes.io/name']).toBe('assay-proxy')
    const policy = all.find(
      ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'prod-assay-proxy',
    )
    expect(policy.spec.ingress.map(({ ports }) => ports[0].port)).toEqual(['http', 'metrics'])
    const keyOf = ({ env }) => env.find(({ name }) => name === 'ASSAY_VALKEY')?.valueFrom.secretKeyRef.key
    expect(keyOf(containers[0])).toBe('proxy-valkey')
    const one = { ...everything, proxy: { ...everything.proxy, replicas: 1, journalClaim: 'journal' } }
    const [alone] = (await objects(one)).filter(({ metadata }) => metadata.name === 'prod-assay-proxy')
    expect(alone.spec.strategy).toEqual({ type: 'Recreate' })
    expect(keyOf(alone.spec.template.spec.containers[0])).toBe(undefined)
    expect(alone.spec.template.spec.volumes).toContainEqual({
      name: 'journal',
      persistentVolumeClaim: { claimName: 'journal' },
    })
    const isValid = await validator()
    const values = { ...parse(await textOf('values.yaml')), ...given }
    expect(isValid({ ...values, proxy: everything.proxy })).toBe(true)
    expect(isValid({ ...values, proxy: { ...everything.proxy, secretName: '' } })).toBe(false)
    expect(isValid({ ...values, proxy: { ...everything.proxy, configMap: '' } })).toBe(false)
  })

  it('starts nodes without root, without a capability, on a root that cannot be written', async () => {
    const { spec } = (await objects()).find(({ kind }) => kind === 'Deployment').spec.template
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    })
    expect(spec.automountServiceAccountToken).toBe(false)
    const [container] = spec.containers
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    const { startupProbe, readinessProbe, livenessProbe } = container
    expect([startupProbe, readinessProbe, livenessProbe].map(({ httpGet }) => httpGet.path)).toEqual([
      '/readyz',
      '/readyz',
      // A node must not restart because a store is away.
      '/livez',
    ])
    // The service's time begins after the balancer's.
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(5 + 30)
    expect(container.lifecycle.preStop.exec.command.at(-1)).toBe('setTimeout(() => {}, 5000)')
  })

  it('gives a node its own folder in the volume, and the key to its group alone', async () => {
    const { spec } = (await objects()).find(({ kind }) => kind === 'Deployment').spec.template
    const [{ env, volumeMounts }] = spec.containers
    const { value: folder } = env.find(({ name }) => name === 'ASSAY_DATA')
    const { mountPath } = volumeMounts.find(({ name }) => name === 'data')
    expect(path.posix.dirname(folder)).toBe(mountPath)
    const { secret } = spec.volumes.find(({ name }) => name === 'key')
    expect(secret.defaultMode & 0o007).toBe(0)
  })

  it('mounts more files, and lets pods be pulled, placed and named as the cluster wants it', async () => {
    const { spec } = (await objects(everything)).find(({ kind }) => kind === 'Deployment').spec.template
    expect(spec).toMatchObject({
      imagePullSecrets: [{ name: 'registry' }],
      serviceAccountName: 'assay',
      automountServiceAccountToken: false,
      nodeSelector: everything.nodeSelector,
      tolerations: everything.tolerations,
    })
    const { volumeMounts, env, ports } = spec.containers[0]
    expect(volumeMounts.slice(-2)).toEqual([
      { name: 'google', mountPath: '/etc/assay/google', readOnly: true },
      { name: 'authority', mountPath: '/etc/assay/authority', readOnly: true },
    ])
    expect(spec.volumes.slice(-2)).toEqual([
      { name: 'google', secret: { secretName: 'google-credentials', defaultMode: 0o440 } },
      { name: 'authority', configMap: { name: 'authority' } },
    ])
    expect(env).toContainEqual({ name: 'ASSAY_METRICS_LISTEN', value: '0.0.0.0:9464' })
    expect(ports).toContainEqual({ name: 'metrics', containerPort: 9464 })
  })

  it('has none of it by default', async () => {
    const all = await objects()
    const { spec } = all.find(({ kind }) => kind === 'Deployment').spec.template
    for (const name of ['imagePullSecrets', 'serviceAccountName', 'nodeSelector', 'tolerations'])
      expect(spec[name], name).toBeUndefined()
    expect(spec.containers[0].ports.map(({ name }) => name)).toEqual(['http', 'operators'])
    expect(all.some(({ kind }) => kind === 'NetworkPolicy')).toBe(false)
  })

  it('lets in only those that a network policy names, and nobody to the metrics unless they are named', async () => {
    const policyOf = async (networkPolicy) =>
      (await objects({ ...everything, networkPolicy })).find(({ kind }) => kind === 'NetworkPolicy').spec
    const { from } = everything.networkPolicy
    const named = {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress' } },
      podSelector: { matchLabels: { app: 'haproxy' } },
    }
    const toService = { ports: [{ port: 'http' }], from: [named, { ipBlock: { cidr: '10.0.0.0/8' } }] }
    const monitoring = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }
    expect((await policyOf(everything.networkPolicy)).ingress).toEqual([
      toService,
      { ports: [{ port: 'operators' }], from: [{ ipBlock: { cidr: '10.9.0.0/16' } }] },
      { ports: [{ port: 'metrics' }], from: [monitoring] },
    ])
    expect((await policyOf({ enabled: true, from, operatorsFrom: [], metricsFrom: [] })).ingress).toEqual([
      toService,
    ])
    const { podSelector, policyTypes } = await policyOf(everything.networkPolicy)
    expect(policyTypes).toEqual(['Ingress'])
    const { labels } = (await objects()).find(({ kind }) => kind === 'Deployment').spec.template.metadata
    expect(podSelector.matchLabels).toEqual(labels)
  })

  it.each([
    ['a network policy that names nobody', { networkPolicy: { enabled: true, from: [], metricsFrom: [] } }],
    ['a network policy without sources', { networkPolicy: { enabled: true } }],
    ['a source that names nothing', { networkPolicy: { enabled: true, from: [{}] } }],
    ['a source without its namespace', { networkPolicy: { enabled: true, from: [{ pods: { app: 'a' } }] } }],
    ['a volume of nothing', { volumes: [{ name: 'a', mountPath: '/a' }] }],
    ['a volume of two things', { volumes: [{ name: 'a', mountPath: '/a', secret: 'b', configMap: 'c' }] }],
    ['a volume over the data', { volumes: [{ name: 'a', mountPath: '/var/lib/assay/b', secret: 'c' }] }],
    ['a volume with the name of another', { volumes: [{ name: 'key', mountPath: '/a', secret: 'b' }] }],
    ['metrics at a port of root', { metrics: { enabled: true, port: 80 } }],
    ['a toleration without effect', { tolerations: [{ operator: 'Exists' }] }],
  ])('refuses %s', async (_, more) => {
    const holds = await validator()
    const values = { ...parse(await textOf('values.yaml')), ...given }
    expect(holds({ ...values, ...everything })).toBe(true)
    expect(holds({ ...values, ...more })).toBe(false)
  })

  it('selects with budget, service and autoscaler the pods that it makes', async () => {
    const all = await objects()
    const of = (wanted) =>
      all.find(({ kind, metadata }) => kind === wanted && !metadata.name.endsWith('-operators'))
    const operators = all.find(({ metadata }) => metadata.name === 'prod-assay-operators')
    const { labels } = of('Deployment').spec.template.metadata
    expect(of('Deployment').spec.selector.matchLabels).toEqual(labels)
    expect(of('Service').metadata.name).toBe('prod-assay')
    // Operators have a port of their own, which no balancer before the cluster leads to.
    expect(operators.spec).toMatchObject({
      type: 'ClusterIP',
      selector: labels,
      ports: [{ port: 8789, targetPort: 'operators' }],
    })
    expect(of('Deployment').spec.template.spec.containers[0].env).toContainEqual({
      name: 'ASSAY_ADMIN_LISTEN',
      value: '0.0.0.0:8789',
    })
    expect(of('Service').spec.selector).toEqual(labels)
    expect(of('PodDisruptionBudget').spec.selector.matchLabels).toEqual(labels)
    expect(of('HorizontalPodAutoscaler').spec.scaleTargetRef.name).toBe(of('Deployment').metadata.name)
    expect(of('Service').spec.ports[0].targetPort).toBe(
      of('Deployment').spec.template.spec.containers[0].ports[0].name,
    )
  })

  it('gives limits to the service, and refuses a text that is none', async () => {
    const limitOf = async (limits) =>
      (await objects({ limits }))
        .find(({ kind }) => kind === 'Deployment')
        .spec.template.spec.containers[0].env.find(({ name }) => name === 'ASSAY_LIMIT')
    expect(await limitOf(['app=300000/60', 'buildSize=1000'])).toEqual({
      name: 'ASSAY_LIMIT',
      value: 'app=300000/60,buildSize=1000',
    })
    expect(await limitOf([])).toBeUndefined()
    const holds = await validator()
    const values = { ...parse(await textOf('values.yaml')), ...given }
    expect(holds({ ...values, limits: ['app=1/1'] })).toBe(true)
    expect(holds({ ...values, limits: ["app=1/1'"] })).toBe(false)
  })

  it('requires the mandatory values, and refuses unknown ones', async () => {
    const holds = await validator()
    const values = parse(await textOf('values.yaml'))
    expect(holds({ ...values, ...given })).toBe(true)
    expect(holds(values)).toBe(false)
    for (const name of Object.keys(given))
      expect(holds({ ...values, ...given, [name]: '' }), name).toBe(false)
    expect(holds({ ...values, ...given, publicUrl: 'http://attest.example.com' })).toBe(false)
    expect(holds({ ...values, ...given, replica: 3 })).toBe(false)
  })
})
