/** Script of a worker. */
addEventListener('message', ({ data }) => {
  let count = 0
  while (count < Number(data)) count++
  postMessage(count)
})
