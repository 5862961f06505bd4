/** Why a check was not run. */
export class NotRun extends Error {
  name = 'NotRun'
}
