/** The `code` with which something refuses, and says why. */
export async function codeOf(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    const { code = error, message } = error as { code?: unknown; message?: unknown }
    return message === '' ? 'refused without a word' : code
  }
  return 'accepted'
}
