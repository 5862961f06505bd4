// What a phone has below the JavaScript: a TurboModule whose other side is a JVM, reached by lines of text. Loaded first.
const tell = (line) => print(`@assay ${JSON.stringify(line)}`)
const waiting = new Map()
const listeners = new Set()
let last = 0

const call = (method) => (request) =>
  new Promise((resolve, reject) => {
    waiting.set(++last, { resolve, reject })
    tell({ call: last, method, request })
  })
const note = (method) => (request) => tell({ call: 0, method, request })

const module = {
  ...Object.fromEntries(
    ['create', 'getToken', 'proof', 'fetch', 'setReference', 'reset', 'debugLog'].map((name) => [
      name,
      call(name),
    ]),
  ),
  ...Object.fromEntries(['learn', 'wake', 'close'].map((name) => [name, note(name)])),
  onEvent(listener) {
    listeners.add(listener)
    return { remove: () => listeners.delete(listener) }
  },
}

// As on a phone: what is no TurboModule is none of the older modules either.
globalThis.nativeModuleProxy = {}
globalThis.__turboModuleProxy = (name) => (name === 'Assay' ? module : null)
globalThis.nativeHost = {
  tell,
  settle(id, isResolved, value) {
    const { resolve, reject } = waiting.get(id)
    waiting.delete(id)
    if (isResolved) resolve(value)
    else reject(new Error(value))
  },
  emit: (event) => listeners.forEach((listener) => listener(event)),
}
// The VM has no timers. React waits for turns only, and nothing here for time.
globalThis.setTimeout ??= (work) => {
  Promise.resolve().then(work)
  return 0
}
globalThis.clearTimeout ??= () => undefined
