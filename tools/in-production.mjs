/**
 * Runs a build for production within a process that goes on. Vite keeps the NODE_ENV that is set and sets the one that is not, so
 * a test would build for development, and whatever runs next would find itself in production.
 *
 * @template T
 * @param {() => Promise<T>} build
 * @returns {Promise<T>}
 */
export async function inProduction(build) {
  const { NODE_ENV: before } = process.env
  process.env.NODE_ENV = 'production'
  try {
    return await build()
  } finally {
    if (before === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = before
  }
}
