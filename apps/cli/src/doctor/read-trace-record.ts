import type {
  App,
  AppActivity,
  Build,
  BuildActivity,
  BuildSummary,
  ShownTrace,
} from '@assay/protocol/schemas'
import type { Activity } from './activity.ts'

/** A trace, and what is registered about its app; `undefined` if that has been removed, or the key may not read it. */
export interface TraceRecord {
  trace: ShownTrace
  app: App | undefined
  build: Build | undefined
  builds: readonly BuildSummary[]
  activity: Activity | undefined
}

/** `GET` of a path of the service, and a whole list of one. */
export interface Reader {
  get(path: string): Promise<unknown>
  list<Item>(path: string, member: string): Promise<Item[]>
}

/**
 * Reads what explains a trace. The service writes down what a key may not read: a key that sees no more than the trace
 * itself is not made to try.
 *
 * @param isMissing whether an error says that what was asked for is not registered
 */
export async function readTraceRecord(
  { get, list }: Reader,
  trace: ShownTrace,
  isMissing: (error: unknown) => boolean,
): Promise<TraceRecord> {
  const ifThere = async <T>(answer: Promise<unknown>): Promise<T | undefined> => {
    try {
      return (await answer) as T
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }
  const path = `v1/apps/${encodeURIComponent(trace.app)}`
  const app = await ifThere<App>(get(path))
  if (app === undefined || !trace.may_read_all)
    return { trace, app, build: undefined, builds: [], activity: undefined }
  const [build, builds, activity, seen] = await Promise.all([
    ifThere<Build>(get(`${path}/builds/${encodeURIComponent(trace.build)}`)),
    ifThere<BuildSummary[]>(list<BuildSummary>(`${path}/builds`, 'builds')),
    ifThere<AppActivity>(get(`${path}/activity`)),
    ifThere<BuildActivity[]>(list<BuildActivity>(`${path}/activity/builds`, 'builds')),
  ])
  return {
    ...{ trace, app, build, builds: builds ?? [] },
    activity: activity && { ...activity, builds: seen ?? [] },
  }
}
