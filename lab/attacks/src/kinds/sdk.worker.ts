import { Session } from 'node:inspector/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { AssayClientError, memoryImage, type EvidenceSource, type MemorySegment } from '@assay/client'
import type { EvidenceItem } from '@assay/protocol'
import { createNodeClient, type NodeClientOptions } from '@assay/client/node'

/** A change of the SDK in memory, or of its environment. */
export type Treatment =
  | 'none'
  /** Its check of plans returns at once. */
  | 'patched'
  /** The same, and functions show their old source. */
  | 'patched-and-hidden'
  /** The SDK reports that this engine shows no source. */
  | 'sourceless'
  /** The platform's function for signing is hooked. */
  | 'crypto-hooked'
  /** Driven by automation. */
  | 'driven'
  /** The same, with probes that find nothing. */
  | 'driven-and-hidden'

export interface SdkInput {
  treatment: Treatment
  service: string
  app: string
  build: string
  audience: string
  url: string
  segments: readonly MemorySegment[]
  /** Format of the evidence that the phone gives; `undefined`: it gives none. */
  format: string | undefined
}

/** Token and proof for one request, or why the request has neither. */
export interface SdkOutput {
  headers?: Record<string, string>
  error?: Pick<AssayClientError, 'code' | 'problem' | 'trace'>
}

/** Asks the phone for evidence, or ends. */
export type FromSdk = { binding: string } | { output: SdkOutput }

const input = workerData as SdkInput

/** Rewrites loaded functions, as a debugger can with V8's live edit. Nothing on disk changes. */
async function edit(file: string, from: string | RegExp, to: string): Promise<void> {
  const session = new Session()
  session.connect()
  const scripts = new Map<string, string>()
  session.on('Debugger.scriptParsed', ({ params }) => scripts.set(params.url, params.scriptId))
  await session.post('Debugger.enable')
  const [, scriptId] = [...scripts].find(([url]) => url.endsWith(`/${file}`)) ?? []
  if (scriptId === undefined) throw new Error('the SDK is not loaded')
  const { scriptSource: before } = await session.post('Debugger.getScriptSource', { scriptId })
  const scriptSource = before.replace(from, to)
  if (scriptSource === before) throw new Error('the function to patch is not there')
  const { exceptionDetails } = await session.post('Debugger.setScriptSource', { scriptId, scriptSource })
  if (exceptionDetails !== undefined) throw new Error('the patch was not taken')
  session.disconnect()
}

const patchCheckOfPlans = () => edit('check-plan-fits.js', /(, expected(?: = \{\})?\) \{)/, '$1 return;')

const shows = 'Function.prototype.toString.call(fn)'
const remembers = 'globalThis.pristine(fn)'

/** Makes the SDK show each function as it was at the first request, including the one that shows. */
async function hidePatches(): Promise<void> {
  const texts = new Map<string, string>()
  const pristine = (fn: () => unknown): string => {
    const text = texts.get(fn.name) ?? Function.prototype.toString.call(fn).replace(remembers, shows)
    if (fn.name !== '') texts.set(fn.name, text)
    return text
  }
  Object.assign(globalThis, { pristine })
  await edit('show-functions.js', shows, remembers)
  await attest()
}

async function attest(): Promise<SdkOutput> {
  const client = createNodeClient({
    endpoints: [input.service],
    app: input.app,
    build: input.build,
    audiences: { [input.audience]: input.audience },
    image: memoryImage(input.segments),
    evidence: evidence(),
    ...fakeProbes(),
  })
  try {
    // This comes after the creation of the SDK, which remembers the original functions.
    if (input.treatment === 'crypto-hooked') hookSigning()
    return { headers: { ...(await client.proof({ method: 'GET', url: input.url })) } }
  } catch (error) {
    if (!(error instanceof AssayClientError)) throw error
    const { code, problem, trace } = error
    return { error: { code, problem, trace } }
  } finally {
    client.close()
  }
}

function evidence(): EvidenceSource[] {
  const { format } = input
  if (format === undefined) return []
  return [{ prepare: (purpose) => (purpose === 'enrolment' ? { format, collect } : undefined) }]
}

function collect(binding: string): Promise<EvidenceItem> {
  return new Promise((resolve) => {
    parentPort?.once('message', resolve)
    tell({ binding })
  })
}

function tell(message: FromSdk): void {
  parentPort?.postMessage(message)
}

function hookSigning(): void {
  const { subtle } = globalThis.crypto
  const sign = subtle.sign.bind(subtle)
  Object.defineProperty(subtle, 'sign', { value: (...args: Parameters<typeof sign>) => sign(...args) })
}

/** The traces that browser automation leaves in the page. */
function drive(): void {
  Object.assign(globalThis, { __webdriver_evaluate: () => undefined })
}

function fakeProbes(): Pick<NodeClientOptions, 'probes'> {
  if (input.treatment !== 'driven-and-hidden') return {}
  const names = ['js.automation', 'js.crypto', 'js.debugger', 'js.replaced']
  return { probes: names.map((name) => ({ name, ask: () => '' })) }
}

async function treat(): Promise<void> {
  switch (input.treatment) {
    case 'none':
    case 'crypto-hooked':
      return
    case 'patched':
      return patchCheckOfPlans()
    case 'patched-and-hidden':
      await hidePatches()
      return patchCheckOfPlans()
    case 'sourceless':
      return edit(
        'show-functions.js',
        /return sourceOf\(.*\n?.*\.includes/,
        'return false && sourceOf(() => "").includes',
      )
    case 'driven':
    case 'driven-and-hidden':
      return drive()
  }
}

await treat()
tell({ output: await attest() })
