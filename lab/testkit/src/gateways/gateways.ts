import path from 'node:path'
import { adapted, startGateway, type Places, type RunningGateway } from './running-gateway.ts'

/** How the guard reads what this gateway asks: settings of `authRequestListener`. */
export interface GatewaySettings {
  readonly method?: string
  readonly uri?: string
  readonly address?: string
  readonly plain?: boolean
}

/** A gateway whose configuration is under `deploy/gateways`. */
export interface Gateway {
  readonly name: 'nginx' | 'caddy' | 'haproxy'
  /** Ends at once if the program is there. */
  readonly version: readonly string[]
  /** As `assay guard serve --gateway NAME` sets it. */
  readonly settings: GatewaySettings
  /** Status of a request whose fields are too large, where the gateway lets it reach the guard. */
  readonly tooLarge: number
  /** Its status when the API does not answer, and when the guard does not. */
  readonly apiAway: number
  readonly guardAway: number
  /** Whether a program of ours asks the guard, which may fail in other ways than the gateway itself. */
  readonly canFail?: true
  start(places: Places): Promise<RunningGateway>
}

/** Whose pages may read, in the files. */
const named = 'https://app.example.com'

/** The pages of other origins. */
const forPage = ({ page = named }: Places): [string, string] => [named, page]

/** Removes the `#` before these lines. */
const uncommented = ({ hidesToken = false }: Places, lines: readonly string[]): [string, string][] =>
  hidesToken ? lines.map((line) => [`# ${line}`, line]) : []

const nginx: Gateway = {
  name: 'nginx',
  version: ['nginx', '-v'],
  settings: { plain: true },
  tooLarge: 403,
  apiAway: 502,
  guardAway: 503,
  async start(places) {
    const { folder, port, api, guard } = places
    const inside = (name: string) => path.join(folder, name)
    const server = await adapted('nginx.conf', [
      ['server 127.0.0.1:8080;', `server 127.0.0.1:${api};`],
      ['server unix:/run/assay/guard.sock;', `server unix:${guard};`],
      ['listen 443 ssl;', `listen 127.0.0.1:${port};`],
      ['ssl_certificate /etc/nginx/tls/api.example.com.pem;', ''],
      ['ssl_certificate_key /etc/nginx/tls/api.example.com.key;', ''],
      forPage(places),
      ...uncommented(places, ['proxy_set_header Authorization "";', 'proxy_set_header DPoP "";']),
    ])
    // As root, nginx would change to a user that may not write here.
    const user = process.getuid?.() === 0 ? 'user root;' : ''
    const around = `
${user}
daemon off;
pid ${inside('pid')};
error_log stderr;
events {}
http {
  access_log off;
  underscores_in_headers on;
  client_body_temp_path ${inside('body')};
  proxy_temp_path ${inside('proxy')};
  fastcgi_temp_path ${inside('fastcgi')};
  uwsgi_temp_path ${inside('uwsgi')};
  scgi_temp_path ${inside('scgi')};
  include ${inside('gateway.conf')};
}
`
    const command = ['nginx', '-p', folder, '-c', inside('nginx.conf'), '-e', 'stderr']
    return startGateway(command, places, { 'nginx.conf': around, 'gateway.conf': server })
  },
}

const caddy: Gateway = {
  name: 'caddy',
  version: ['caddy', 'version'],
  settings: { method: 'X-Forwarded-Method', uri: 'X-Forwarded-Uri', address: 'X-Forwarded-For' },
  tooLarge: 431,
  apiAway: 502,
  guardAway: 502,
  async start(places) {
    const { port, api, guard } = places
    const site = await adapted('Caddyfile', [
      ['\napi.example.com {', `\nhttp://127.0.0.1:${port} {`],
      ['127.0.0.1:8080', `127.0.0.1:${api}`],
      ['unix//run/assay/guard.sock', `unix/${guard}`],
      forPage(places),
      ...uncommented(places, [
        'request_header -Authorization',
        'request_header -DPoP',
        'request_header @preflight -Authorization',
        'request_header @preflight -DPoP',
      ]),
    ])
    const file = `{\n\tadmin off\n\tauto_https off\n}\n${site}`
    return startGateway(['caddy', 'run', '--config', 'Caddyfile'], places, { Caddyfile: file })
  },
}

const haproxy: Gateway = {
  name: 'haproxy',
  version: ['haproxy', '-v'],
  settings: {},
  tooLarge: 431,
  apiAway: 503,
  guardAway: 503,
  canFail: true,
  async start(places) {
    const { port, api, guard, fails = false } = places
    const file = await adapted('haproxy.cfg', [
      ['/etc/haproxy/assay.lua', path.join(places.folder, 'assay.lua')],
      ['bind :443 ssl crt /etc/haproxy/tls/api.example.com.pem alpn h2,http/1.1', `bind 127.0.0.1:${port}`],
      ['unix@/run/assay/guard.sock', `unix@${guard}`],
      ['server api 127.0.0.1:8080', `server api 127.0.0.1:${api}`],
      forPage(places),
      ...uncommented(places, ['http-request del-header Authorization', 'http-request del-header DPoP']),
    ])
    const received = 'local said = response.headers'
    const lua = await adapted('assay.lua', fails ? [[received, `error('broken')\n  ${received}`]] : [])
    return startGateway(['haproxy', '-db', '-f', 'haproxy.cfg'], places, {
      'haproxy.cfg': file,
      'assay.lua': lua,
    })
  },
}

export const gateways: readonly Gateway[] = [nginx, caddy, haproxy]
