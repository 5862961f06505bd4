/** Whether the database refused a statement because a row that it refers to is missing, in either dialect. */
export function isForeignKeyViolation(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return error.code === 'SQLITE_CONSTRAINT_FOREIGNKEY' || error.code === '23503'
}
