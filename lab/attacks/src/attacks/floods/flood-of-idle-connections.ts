import { connect, type Socket } from 'node:net'
import { paths } from '@assay/protocol'
import type { Attack } from '../../attack.ts'
import { callFrom, refused, served } from '../../verdict.ts'

const connections = 400

/** Begins a request and does not end it. */
function open(service: string): Promise<Socket> {
  const { port, host } = new URL(service)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write(`POST ${paths.attestations} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 80000\r\nX-A: `)
      resolve(socket)
    })
    // What the service does to it later is its own affair.
    socket.once('error', reject).on('error', () => undefined)
  })
}

export const floodOfIdleConnections: Attack = {
  id: 'flood-of-idle-connections',
  title: 'Connections are opened and kept busy with requests that do not end',
  oat: 'OAT-015',
  method: `${connections} connections that stop within a field; a genuine device enrols meanwhile`,
  run: {
    assay: async (world) => {
      const sockets = await Promise.all(Array.from({ length: connections }, () => open(world.service)))
      const device = await world.device()
      try {
        const twin = await callFrom(device, world.apis.orders, world)
        return { attack: twin.through ? refused(0, 'OTHERS_SERVED') : served(), twin }
      } finally {
        device.close()
        for (const socket of sockets) socket.destroy()
      }
    },
  },
}
