import { createWebClient } from '@assay/client/web'

const { endpoint, app, api } = settings
const output = document.querySelector('output')
const assay = createWebClient({ endpoints: [endpoint], app, audiences: { [api]: api } })

document.getElementById('orders').addEventListener('click', async () => {
  try {
    const { load } = await import('./@lazy.js')
    output.value = await load(assay, `${api}/v1/orders`)
  } catch (error) {
    output.value = `failed: ${error.code ?? error} ${error.trace ?? error.cause ?? ''}`
  }
})
