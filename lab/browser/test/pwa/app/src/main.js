import { createWebClient } from '@assay/client/web'

const { endpoint, app, api, release } = settings
const output = document.querySelector('output')
document.title = `${document.title} ${release}`
const assay = createWebClient({
  endpoints: [endpoint],
  app,
  audiences: { [api]: api },
  onOutdatedPage: 'reload',
})

on('orders', async () => {
  // Each press is an exchange, as of a visitor whose token has expired.
  await assay.getToken(api, { forceRefresh: true })
  const response = await assay.fetch(`${api}/v1/orders`)
  return `${response.status} ${await response.text()}`
})
on('lazy', async () => (await import('./lazy.js')).route())

function on(id, work) {
  document.getElementById(id).addEventListener('click', async () => {
    output.value = ''
    try {
      output.value = await work()
    } catch (error) {
      output.value = `failed: ${error.code ?? error} ${error.trace ?? error.cause?.code ?? ''}`
    }
  })
}
