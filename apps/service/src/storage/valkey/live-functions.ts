/** Viewers' names, and batches, that a node is given at most; characters of a name, and of a batch. */
export const liveLimits = { names: 64, batches: 64, name: 22, batch: 34 * 1024 }
/** Milliseconds: viewers state again that they watch, and what nobody has read by then is gone. */
const kept = { name: 5_000, batches: 10_000 }

/** How nodes pass live outcomes on, as one atomic call. See `functions.ts` for its name. */
export const liveLibrary = `#!lua name=assay_live_1

-- keys: names of viewers, batches. args: the name of a viewer, the id of the last batch that it has, a batch; each may be ''.
-- -> the names of all viewers; for a viewer id, batch, id, batch … since then. Whoever else writes here does not make it longer: of a
-- name or a batch beyond the maximum comes one character more.
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
    local newest = server.call('XREVRANGE', keys[2], '+', from, 'COUNT', ${liveLimits.batches})
    for i = #newest, 1, -1 do
      table.insert(batches, newest[i][1])
      table.insert(batches, string.sub(newest[i][2][2], 1, ${liveLimits.batch + 1}))
    end
  end
  local names = server.call('ZRANGE', keys[1], 0, ${liveLimits.names - 1})
  for i, name in ipairs(names) do
    names[i] = string.sub(name, 1, ${liveLimits.name + 1})
  end
  return {names, batches}
end)
`
