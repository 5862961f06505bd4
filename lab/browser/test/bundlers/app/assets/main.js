import { createWebClient } from '@assay/client/web'

const { endpoint, api, ...named } = JSON.parse(new URLSearchParams(location.search).get('shop'))
const output = document.querySelector('output')
const assay = createWebClient({ endpoints: [endpoint], ...named, audiences: { [api]: api } })

on('orders', async () => {
  const response = await assay.fetch(`${api}/v1/orders`)
  return `${response.status} ${await response.text()}`
})
on('lazy', async () => (await import('./@lazy.js')).route())
on('worker', () => {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
  return new Promise((resolve) => worker.addEventListener('message', ({ data }) => resolve(data)))
})
on('service', async () => {
  await navigator.serviceWorker.register('/sw.js')
  await navigator.serviceWorker.ready
  while (!navigator.serviceWorker.controller) await new Promise((resolve) => setTimeout(resolve, 20))
  return 'controlled'
})

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
