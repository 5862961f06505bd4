import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('../../', import.meta.url))
const textOf = (file) => readFileSync(path.join(root, file), 'utf8')
const required = process.env.ASSAY_REQUIRE_ALL === '1'

describe('compose', () => {
  const { services, networks, volumes } = parse(textOf('deploy/compose/compose.yaml'))

  it('runs our containers without root, a writable root file system, or capabilities', () => {
    for (const name of ['assay', 'haproxy'])
      expect(services[name], name).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      })
    expect(textOf('Dockerfile')).toMatch(/^USER node$/m)
    expect(textOf('Dockerfile')).toMatch(/^HEALTHCHECK /m)
  })

  it('reaches the nodes only through the proxy, whose address they trust', () => {
    expect(services.assay.ports).toBeUndefined()
    const address = services.haproxy.networks.nodes.ipv4_address
    expect(services.assay.environment.ASSAY_TRUSTED_PROXIES).toBe(address)
    const [config] = networks.nodes.ipam.config
    const [network] = config.subnet.split('.0/24')
    expect(address).toBe(`${network}.2`)
    // Containers that start before HAProxy get addresses of the other half.
    expect(config).toMatchObject({ gateway: `${network}.1`, ip_range: `${network}.128/25` })
    expect(textOf('deploy/compose/haproxy.cfg')).toContain(`src ${config.gateway} }`)
    for (const { ports = [] } of Object.values(services))
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
  })

  it('keeps the key where the guide about the container has put it', () => {
    expect(volumes['assay-key']).toEqual({ external: true })
    expect(textOf('docs/guides/container.md')).toContain('--volume assay-key:/var/lib/assay-key')
    expect(services.assay.volumes).toEqual(['/var/lib/assay', 'assay-key:/var/lib/assay-key:ro'])
  })

  it('of one node trusts the proxy of this machine, which comes from the gateway', () => {
    const alone = parse(textOf('compose.yaml'))
    expect(alone.services.assay.networks).toEqual(['proxied'])
    const [{ gateway }] = alone.networks.proxied.ipam.config
    expect(alone.services.assay.environment.ASSAY_TRUSTED_PROXIES).toBe(gateway)
  })

  it('keeps no cache in memory', () => {
    expect(services.assay.tmpfs).toEqual(['/tmp'])
  })

  it('runs the proxy like the nodes, with its secrets in a folder, and counts in a Valkey of its own', () => {
    const { proxy, 'proxy-valkey': valkey } = parse(textOf('deploy/compose/proxy.yaml')).services
    expect(proxy).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      networks: services.assay.networks,
    })
    expect(proxy.command.slice(0, 3)).toEqual(['guard', 'proxy', '/etc/assay-proxy/proxy.yaml'])
    expect(proxy.environment.ASSAY_VALKEY).toContain('@proxy-valkey')
    expect(valkey.command.join(' ')).toContain('--maxmemory-policy noeviction')
    expect(valkey.command.slice(0, 2)).toEqual(services.valkey.command.slice(0, 2))
    for (const port of proxy.ports) expect(port).toMatch(/^127\.0\.0\.1:/)
    expect(proxy.volumes).toContain('./secrets:/run/secrets/assay-proxy:ro')
  })

  it('keeps Valkey from evicting keys', () => {
    expect(services.valkey.command.join(' ')).toContain('--maxmemory-policy noeviction')
  })
})

describe('the unit of systemd', () => {
  const analyze = '/usr/bin/systemd-analyze'
  const program = '/opt/assay/node_modules/.bin/assay'

  it('starts the program that its guide installs', () => {
    expect(textOf('deploy/systemd/assay.service')).toContain(`\nExecStart=${program} serve\n`)
    const guide = textOf('docs/guides/systemd.md')
    expect(guide).toContain('\nnode tools/deploy/install-image.mjs ~/assay-packages /opt/assay\n')
    expect(guide).toContain(
      `\n${program} init --data /var/lib/assay --sealing-key-file /etc/assay/sealing.key\n`,
    )
  })

  if (!existsSync(analyze)) {
    console.log('not run: the unit of systemd, which is not installed')
    it('needs systemd where everything is required', () => expect(required).toBe(false))
    return
  }
  const verify = (text) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'assay-unit-'))
    try {
      const file = path.join(folder, 'assay.service')
      // The program need not be installed here.
      writeFileSync(file, text.replaceAll(program, process.execPath))
      const { stderr } = spawnSync(analyze, ['verify', '--man=no', file], { encoding: 'utf8' })
      // Messages about our unit name its file; other messages are about this machine's units.
      return stderr.split('\n').filter((line) => line.includes('assay.service'))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  const unit = textOf('deploy/systemd/assay.service')

  it('is accepted by systemd, and so is that of the proxy', () => {
    expect(verify(unit)).toEqual([])
    expect(verify(textOf('deploy/systemd/assay-proxy.service'))).toEqual([])
  })

  it('is refused with a wrong value', () => {
    expect(verify(unit.replace('Type=exec', 'Type=none'))).toHaveLength(1)
    expect(verify(unit.replace('ProtectHome', 'ProtectHouse'))).toHaveLength(1)
  })
})
