/** Why a status list, or one of its shards, is not taken. The guard goes on with the last one that it took. */
export type StatusListFaultCode =
  | 'STATUS_LIST_ANSWER'
  | 'STATUS_LIST_MALFORMED'
  | 'STATUS_LIST_SIGNATURE'
  | 'STATUS_LIST_AUDIENCE'
  | 'STATUS_LIST_TIMES'
  | 'STATUS_LIST_OLDER'
  | 'STATUS_LIST_SHARDS'
  | 'STATUS_SHARD_ANSWER'
  | 'STATUS_SHARD_SIZE'
  | 'STATUS_SHARD_DIGEST'
  | 'STATUS_SHARD_CONTENT'

/** The `cause` of `STATUS_LIST_FAILED`, and of `onStale`, where a list has come and cannot be used. */
export class StatusListError extends Error {
  override readonly name = 'StatusListError'
  readonly code: StatusListFaultCode

  constructor(code: StatusListFaultCode, detail: string) {
    super(`the status list is not taken: ${detail}`)
    this.code = code
  }
}
