import type { FastifyReply } from 'fastify'
import type { PreparedBody } from '../../system/prepared-body.ts'

/** Sends the form that the caller accepts. Nothing is compressed for a request. */
export function sendPrepared(reply: FastifyReply, { plain, gzip }: PreparedBody): FastifyReply {
  reply.header('vary', 'Accept-Encoding')
  const { 'accept-encoding': accepted } = reply.request.headers
  if (gzip === undefined || !acceptsGzip(accepted)) return reply.send(plain)
  return reply.header('content-encoding', 'gzip').send(gzip)
}

/** RFC 9110 section 12.5.3: by its name, or by `*` if the name is not there, with a weight above zero. */
export function acceptsGzip(accepted: string | readonly string[] | undefined): boolean {
  let byStar = false
  for (const item of [accepted ?? []].flat().join(',').split(',')) {
    const [coding = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase())
    const isWanted = !parameters.some((parameter) => /^q\s*=\s*0(\.0*)?$/.test(parameter))
    if (coding === 'gzip' || coding === 'x-gzip') return isWanted
    if (coding === '*') byStar = isWanted
  }
  return byStar
}
