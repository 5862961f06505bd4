export type { ProxiedRequest } from './request/proxied-request.ts'
