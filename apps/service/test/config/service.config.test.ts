import { describe, expect, it } from 'vitest'
import { ServiceError } from '../../src/config/service-error.ts'
import {
  checkConfig,
  checkStorageConfig,
  defaultLimits,
  type ServiceConfig,
} from '../../src/config/service.config.ts'

const sealingKey = Uint8Array.from({ length: 32 }, (_, i) => i * 7)
const good: ServiceConfig = {
  dataFolder: 'data',
  sealingKey,
  host: '127.0.0.1',
  port: 8787,
  logLevel: 'info',
}

const refused = (more: object) => {
  try {
    checkConfig({ ...good, ...more })
    return undefined
  } catch (error) {
    return (error as { code?: string }).code
  }
}

describe('a configuration', () => {
  it('gets its defaults', () => {
    expect(checkConfig(good)).toMatchObject({
      epochLength: 1800,
      limits: defaultLimits,
    })
    expect(checkConfig({ ...good, limits: { buildSize: 10 } }).limits).toEqual({
      ...defaultLimits,
      buildSize: 10,
    })
    const trustedProxies = ['10.0.0.0/8', '::1', 'fd00::/8']
    expect(checkConfig({ ...good, trustedProxies }).trustedProxies).toEqual(trustedProxies)
    expect(checkConfig({ ...good, publicUrl: 'https://a.example/' }).publicUrl).toBe('https://a.example')
    expect(checkConfig({ ...good, publicUrl: 'https://a.example/t/' }).publicUrl).toBe('https://a.example/t')
  })

  it.each<[object, string]>([
    [{ dataFolder: undefined }, 'SERVICE_DATA_FOLDER'],
    [{ dataFolder: ' ' }, 'SERVICE_DATA_FOLDER'],
    [{ postgres: '' }, 'SERVICE_POSTGRES'],
    [{ postgres: 'mysql://a' }, 'SERVICE_POSTGRES'],
    [{ valkey: 'localhost', postgres: 'postgres://a' }, 'SERVICE_VALKEY'],
    [{ valkey: 'http://localhost', postgres: 'postgres://a' }, 'SERVICE_VALKEY'],
    [{ valkey: 'valkey://localhost' }, 'SERVICE_VALKEY'],
    [{ sealingKey: undefined }, 'SERVICE_SEALING_KEY'],
    [{ sealingKey: new Uint8Array(0) }, 'SERVICE_SEALING_KEY'],
    [{ sealingKey: new Uint8Array(16) }, 'SERVICE_SEALING_KEY'],
    [{ sealingKey: new Uint8Array(32) }, 'SERVICE_SEALING_KEY'],
    [{ sealingKey: 'x'.repeat(32) }, 'SERVICE_SEALING_KEY'],
    [{ host: '' }, 'SERVICE_LISTEN'],
    [{ host: undefined }, 'SERVICE_LISTEN'],
    [{ port: undefined }, 'SERVICE_LISTEN'],
    [{ port: 65_536 }, 'SERVICE_LISTEN'],
    [{ port: '80' }, 'SERVICE_LISTEN'],
    [{ trustedProxies: [''] }, 'SERVICE_LISTEN'],
    [{ trustedProxies: ['proxy.example.com'] }, 'SERVICE_LISTEN'],
    [{ trustedProxies: ['10.0.0.0/0'] }, 'SERVICE_LISTEN'],
    [{ trustedProxies: ['10.0.0.0/33'] }, 'SERVICE_LISTEN'],
    [{ logLevel: 'verbose' }, 'SERVICE_LOG'],
    [{ host: '0.0.0.0' }, 'SERVICE_PUBLIC_URL'],
    [{ host: '::' }, 'SERVICE_PUBLIC_URL'],
    [{ publicUrl: '' }, 'SERVICE_PUBLIC_URL'],
    [{ publicUrl: 'attest.example.com' }, 'SERVICE_PUBLIC_URL'],
    [{ publicUrl: 'http://attest.example.com' }, 'SERVICE_PUBLIC_URL'],
    [{ publicUrl: 'https://u:p@attest.example.com' }, 'SERVICE_PUBLIC_URL'],
    [{ publicUrl: 'https://attest.example.com?x' }, 'SERVICE_PUBLIC_URL'],
    [{ publicUrl: 'ftp://attest.example.com' }, 'SERVICE_PUBLIC_URL'],
    [{ limits: { network: { requests: 0, seconds: 1 } } }, 'SERVICE_LIMITS'],
    [{ limits: { app: { requests: 1, seconds: Infinity } } }, 'SERVICE_LIMITS'],
    [{ limits: { buildSize: -1 } }, 'SERVICE_LIMITS'],
    [{ epochLength: 5 }, 'SERVICE_EPOCH'],
    [{ firstAdminKey: 'admin' }, 'SERVICE_ADMIN_KEY'],
  ])('%j is refused: %s', (more, code) => {
    expect(refused(more)).toBe(code)
  })

  it('is refused with the meaning of the code if only one thing can be wrong, and otherwise with the fault itself', () => {
    expect(() => checkConfig({ ...good, epochLength: 59 })).toThrow(
      /^the epoch is not 60 to 86,400 whole seconds long$/,
    )
    expect(new ServiceError('SERVICE_VALKEY').message).not.toMatch(/`|\.$/)
    expect(() => checkConfig({ ...good, port: 65_536 })).toThrow(/^the port is invalid$/)
  })

  it('needs folder and key also where nothing listens', () => {
    expect(() => checkStorageConfig({ dataFolder: '', sealingKey })).toThrow(
      expect.objectContaining({ code: 'SERVICE_DATA_FOLDER' }),
    )
  })
})
