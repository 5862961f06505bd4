export { readRequests, requestKeys } from './requests/file/read-requests.ts'
export type { RequestCase } from './requests/form/request-case.ts'
export { runCase } from './requests/running/run-case.ts'
