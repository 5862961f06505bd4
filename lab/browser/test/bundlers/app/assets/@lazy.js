/** A route that is loaded when it is visited. */
export function route() {
  return 'lazy route'
}
