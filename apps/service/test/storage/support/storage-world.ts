import type { OpenedDatabase } from '../../../src/storage/index.ts'

/** Where a contract suite runs: gives each test an empty database of its own. */
export interface StorageWorld {
  open(): Promise<OpenedDatabase>
  /**
   * Another node on the database that was opened last, or, where there can be no other, the same one. Everything that
   * was opened is closed after each test.
   */
  openSecond(): Promise<OpenedDatabase>
}
