import { startOrdersApi, type RunningApi } from './orders-api.ts'

/** Answers whoever asks. */
export function startUnprotectedApi(): Promise<RunningApi> {
  return startOrdersApi(() => (_request, _response, next) => next())
}
