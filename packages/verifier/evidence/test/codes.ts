/** The `code` with which something refuses. */
export async function codeOf(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return (error as { code?: unknown }).code ?? error
  }
  return 'accepted'
}
