import type { Json } from '../columns.ts'

export interface PolicyTables {
  policies: {
    id: string
    version: number
    document: Json<unknown>
    /** Milliseconds since 1970. */
    created_at: number
  }
}
