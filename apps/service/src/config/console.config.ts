import { ServiceError } from './service-error.ts'

/** The operators' console; without this there is none. */
export interface ConsoleConfig {
  /** Address to listen on, for the console alone. */
  host: string
  /** 0: any free port. */
  port: number
  /**
   * How browsers reach it, as an https origin, if a proxy stands in front of it; it may be left out only on loopback,
   * where browsers treat plain HTTP as a secure channel.
   */
  url?: string
}

export interface CheckedConsole {
  host: string
  port: number
  /** Its origin; undefined: that of the address. */
  url: string | undefined
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|::1)$/

/** @throws ServiceError `SERVICE_CONSOLE` */
export function checkConsole(console: ConsoleConfig | undefined): CheckedConsole | undefined {
  if (console === undefined) return undefined
  const { host, port, url } = console
  must(typeof host === 'string' && host !== '', 'no address for the console is given')
  must(Number.isInteger(port) && port >= 0 && port <= 65_535, 'the port of the console is invalid')
  if (url === undefined) {
    must(loopback.test(host), 'a console that other machines can reach needs its https URL')
    return { host, port, url: undefined }
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  must(
    parsed?.protocol === 'https:' && url.replace(/\/$/, '') === parsed.origin,
    'the URL of the console must be https, without path and query',
  )
  return { host, port, url: parsed.origin }
}

/** The names that browsers have for a loopback address. */
export function loopbackOrigins(port: number): string[] {
  return ['localhost', '127.0.0.1', '[::1]'].map((name) => `http://${name}:${port}`)
}

function must(holds: boolean, message: string): asserts holds {
  if (!holds) throw new ServiceError('SERVICE_CONSOLE', message)
}
