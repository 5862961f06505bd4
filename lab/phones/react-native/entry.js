import './host.js'
import 'whatwg-fetch'
import { createAssay } from '@assay/react-native'
import { screens } from './screens.js'

const { tell } = globalThis.nativeHost
let assay

/** What `lab/phones` asks of the app. */
const tasks = {
  start({ options }) {
    assay = createAssay(options)
    assay.on(({ error, ...event }) =>
      tell({
        event: { ...event, ...(error && { code: error.code, trace: error.trace, remedy: error.remedy }) },
      }),
    )
    return {}
  },
  token: async ({ force, audience }) => assay.getToken(audience, { forceRefresh: force === true }),
  async fetch({ url, authorization, body, redirect }) {
    const response = await assay.fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      body,
      redirect,
      headers: authorization === undefined ? {} : { Authorization: authorization },
    })
    return { status: response.status, body: await response.text() }
  },
  open: async (request) => screens.open(request, assay),
  type: screens.type,
  press: screens.press,
  look: screens.look,
  proof: async ({ request }) => ({ headers: await assay.proof(request) }),
  sign: async ({ method, url, authorization }) =>
    assay.proof({ method, url, authorization, heedsRedirect: true }),
  // Nothing, after everything that is under way on the bridge.
  debug: async () => {
    for (let i = 0; i < 3; i++) await assay.debugLog()
  },
  status: async () => {
    const { state, error } = assay.status()
    return { state, code: error?.code }
  },
  log: async () => ({ lines: await assay.debugLog() }),
  reference: async ({ reference }) => assay.setReference(reference),
  wake: async () => assay.wake(),
  reset: async () => assay.reset(),
  close: async () => assay.close(),
}

globalThis.run = (id, task, request) => {
  Promise.resolve()
    .then(() => tasks[task](request))
    .then(
      (value) => tell({ done: id, reply: value ?? {} }),
      (error) => tell({ done: id, reply: failureOf(error) }),
    )
}

function failureOf({ code, name, message, trace, problem, retryable, retryAfter, vendorCode, remedy }) {
  if (name === 'AssayError')
    return { error: code, trace, problem, retryable, retryAfter, vendor: vendorCode, remedy }
  return { error: code === 'ERR_INVALID_ARG_VALUE' ? 'misuse' : `${name}: ${message}`, message }
}
