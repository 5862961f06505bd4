postMessage('from a worker')
