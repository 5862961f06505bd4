import { expressOrders } from './frameworks/express.ts'
import { startListening, type RunningApi } from './listening.ts'

/** Answers anyone who asks. */
export function startUnprotectedApi(): Promise<RunningApi> {
  return startListening(() => expressOrders((_request, _response, next) => next()))
}
