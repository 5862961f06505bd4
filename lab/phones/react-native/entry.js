import './host.js'
import 'whatwg-fetch'
import { createAssay } from '@assay/react-native'
import { orders } from '../../../examples/expo/src/orders.ts'

const { tell } = globalThis.nativeHost
let assay

/** What `lab/phones` asks of the app. */
const tasks = {
  start({ options }) {
    assay = createAssay(options)
    assay.on(({ error, ...event }) =>
      tell({ event: { ...event, ...(error && { code: error.code, trace: error.trace }) } }),
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
  orders: async ({ url }) => orders(assay, url),
  proof: async ({ request }) => ({ headers: await assay.proof(request) }),
  status: async () => {
    const { state, error } = assay.status()
    return { state, code: error?.code }
  },
  log: async () => ({ lines: await assay.debugLog() }),
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

function failureOf({ code, name, message, trace, problem, retryable, retryAfter, vendorCode }) {
  if (name === 'AssayError') return { error: code, trace, problem, retryable, retryAfter, vendor: vendorCode }
  return { error: code === 'ERR_INVALID_ARG_VALUE' ? 'misuse' : `${name}: ${message}`, message }
}
