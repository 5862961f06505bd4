/** Viewers' names, and batches, that the server keeps at most. */
export const liveLimits = { names: 64, batches: 64 }
/** Milliseconds: viewers state again that they watch, and what nobody has read by then is gone. */
const kept = { name: 5_000, batches: 10_000 }

/** How nodes pass live outcomes on, as one atomic call. See `functions.ts` for its name. */
export const liveLibrary = `#!lua name=assay_live_1

-- keys: names of viewers, batches. args: the name of a viewer, the id of the last batch that it has, a batch; each may be ''.
-- -> the names of all viewers; for a viewer id, batch, id, batch … since then
server.register_function('assay_live_1_exchange', function(keys, args)
  local time = server.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  if args[1] ~= '' then
    server.call('ZADD', keys[1], string.format('%.0f', now + ${kept.name}), args[1])
    server.call('PEXPIRE', keys[1], ${kept.batches})
  end
  server.call('ZREMRANGEBYSCORE', keys[1], '-inf', string.format('%.0f', now))
  if args[3] ~= '' then
    server.call('XADD', keys[2], 'MAXLEN', ${liveLimits.batches}, '*', 'batch', args[3])
    server.call('PEXPIRE', keys[2], ${kept.batches})
  end
  local batches = {}
  if args[1] ~= '' then
    local from = args[2] == '' and '-' or '(' .. args[2]
    for _, entry in ipairs(server.call('XRANGE', keys[2], from, '+')) do
      table.insert(batches, entry[1])
      table.insert(batches, entry[2][2])
    end
  end
  return {server.call('ZRANGE', keys[1], 0, ${liveLimits.names - 1}), batches}
end)
`
