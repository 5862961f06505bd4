/** All subjects run in one process. This compares it before and after each, so that none changes it for the next. */

/** Kinds of handles that keep a process from ending, as `process.getActiveResourcesInfo` names them. */
const handles = ['TCPServerWrap', 'TCPSocketWrap', 'PipeWrap', 'ProcessWrap', 'UDPWrap']
/** Milliseconds that handles get to close: `close` of a socket takes effect in a later turn. */
const settling = 3_000
/** A runtime warns when one of these is read and no file holds them. */
const unread = new Set<PropertyKey>(['localStorage', 'sessionStorage'])

/**
 * Remembers environment, working directory, globals and open handles. The function that it returns puts back what has
 * changed, except handles, and names each change; none is an empty list.
 */
export function rememberProcess(): () => Promise<string[]> {
  const environment = { ...process.env }
  const directory = process.cwd()
  const globals = readGlobals()
  const open = countHandles()
  return async () => [
    ...restoreEnvironment(environment),
    ...(process.cwd() === directory ? [] : (process.chdir(directory), ['the working directory'])),
    ...restoreGlobals(globals),
    ...(await handlesBeyond(open)),
  ]
}

function restoreEnvironment(before: NodeJS.ProcessEnv): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(process.env)])
  const changed = [...names].filter((name) => process.env[name] !== before[name])
  for (const name of changed) {
    if (before[name] === undefined) delete process.env[name]
    else process.env[name] = before[name]
  }
  // Names alone: a value may be a secret.
  return changed.map((name) => `the environment variable ${name}`)
}

interface Global {
  readonly value: unknown
  readonly descriptor: PropertyDescriptor
}

/** Reading comes first: it makes a value of what the runtime loads when it is first used. */
function readGlobals(): ReadonlyMap<PropertyKey, Global> {
  const names = Reflect.ownKeys(globalThis).filter((name) => !unread.has(name))
  const values = new Map(names.map((name) => [name, Reflect.get(globalThis, name) as unknown]))
  // A value may have brought globals with it, as the first use of fetch does.
  return new Map(
    Reflect.ownKeys(globalThis)
      .filter((name) => !unread.has(name))
      .map((name) => {
        const descriptor = Reflect.getOwnPropertyDescriptor(globalThis, name) as PropertyDescriptor
        return [name, { value: values.get(name) ?? (Reflect.get(globalThis, name) as unknown), descriptor }]
      }),
  )
}

function restoreGlobals(before: ReadonlyMap<PropertyKey, Global>): string[] {
  const after = readGlobals()
  const names = new Set([...before.keys(), ...after.keys()])
  const changed = [...names].filter((name) => {
    const [old, present] = [before.get(name), after.get(name)]
    // Packages share state among their own copies under registered symbols, from the first copy that is loaded.
    if (old === undefined && typeof name === 'symbol' && Symbol.keyFor(name) !== undefined) return false
    return old === undefined || present === undefined || !isSame(old, present)
  })
  for (const name of changed) {
    const old = before.get(name)
    if (old === undefined) Reflect.deleteProperty(globalThis, name)
    else Reflect.defineProperty(globalThis, name, old.descriptor)
  }
  return changed.map((name) => `the global ${String(name)}`)
}

/** An accessor that stays may give another value each time. */
function isSame(old: Global, present: Global): boolean {
  const getter = old.descriptor.get
  return Object.is(old.value, present.value) || (getter !== undefined && getter === present.descriptor.get)
}

type Counts = ReadonlyMap<string, number>

function countHandles(): Counts {
  // Handles of this process's own outputs exist from their first use.
  void [process.stdout, process.stderr]
  const open = process.getActiveResourcesInfo()
  return new Map(handles.map((kind) => [kind, open.filter((each) => each === kind).length]))
}

async function handlesBeyond(before: Counts): Promise<string[]> {
  const beyond = () =>
    [...countHandles()].filter(([kind, count]) => count > (before.get(kind) ?? 0)).map(([kind]) => kind)
  const end = performance.now() + settling
  while (beyond().length > 0 && performance.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 20))
  return beyond().map((kind) => `an open handle (${kind})`)
}
