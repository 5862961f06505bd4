#!lua name=assay_guard_2

local function identity()
  return string.match(server.call('INFO', 'replication'), 'master_replid:(%x+)')
end

local function milliseconds()
  local time = server.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function text(number)
  return string.format('%.0f', number)
end

-- Since when the server remembers, and the key of nonces that began then.
local function memory(key, now, fresh)
  local held = server.call('HMGET', key, 'identity', 'since', 'seen', 'key')
  if held[1] == identity() and now + 5000 >= tonumber(held[3]) then
    if now >= tonumber(held[3]) + 1000 then server.call('HSET', key, 'seen', text(now)) end
    return tonumber(held[2]), held[4]
  end
  server.call('HSET', key, 'identity', identity(), 'since', text(now), 'seen', text(now), 'key', fresh)
  return now, fresh
end

-- age: how long ago (ms) the proof could first have passed; kept: for how long (ms) it is to be remembered; share: how many
-- the holder may add in a minute
local function use_proof(now, memory_key, proof_key, count_key, age, kept, share)
  local since = memory(memory_key, now, '')
  if tonumber(age) > now - since then return 'forgotten' end
  if server.call('EXISTS', proof_key) == 1 then return 'known' end
  local count = tonumber(server.call('GET', count_key) or 0)
  if count >= tonumber(share) then return 'share_spent' end
  server.call('SET', proof_key, '', 'PX', kept)
  server.call('INCR', count_key)
  if count == 0 then server.call('PEXPIRE', count_key, 60000) end
  return 'new'
end

-- keys: memory, proof, count of the holder. args: age, kept, share
server.register_function('assay_guard_2_add', function(keys, args)
  return use_proof(milliseconds(), keys[1], keys[2], keys[3], args[1], args[2], args[3])
end)

-- What an account has used: its app, and by unit and length of the window the number of the window and the use in it.
local function read_account(packed)
  local app, rest = string.match(packed, '^(%S*) (.*)$')
  local account = { app = app, uses = {} }
  for name, window, used in string.gmatch(rest, '(%w+)=(%d+):(%d+)') do
    account.uses[name] = { tonumber(window), tonumber(used) }
  end
  return account
end

local function write_account(account)
  local parts = { account.app }
  for name, use in pairs(account.uses) do
    table.insert(parts, name .. '=' .. text(use[1]) .. ':' .. text(use[2]))
  end
  return table.concat(parts, ' ')
end

local function seconds_of(name)
  return tonumber(string.match(name, '%d+'))
end

local function window_of(name, now)
  return math.floor(now / 1000 / seconds_of(name))
end

-- In the window that now lies in or, if the clock was set back, a later one.
local function use_of(account, name, now)
  local window, use = window_of(name, now), account.uses[name]
  if use and use[1] >= window then return use end
  return { window, 0 }
end

local function is_over(account, now)
  for name, use in pairs(account.uses) do
    if use[1] >= window_of(name, now) then return false end
  end
  return true
end

-- An account that nobody remembers begins with the most that any dropped one had used.
local function account_of(keys, subject, app, now)
  local packed = server.call('HGET', keys.accounts, subject)
  if packed then
    local account = read_account(packed)
    account.app = app
    return account, true
  end
  local floor = server.call('HGET', keys.floor, 'uses')
  local account = floor and read_account(floor) or { uses = {} }
  account.app = app
  return account, false
end

local function raise_floor(key, dropped)
  local packed = server.call('HGET', key, 'uses')
  local floor = packed and read_account(packed) or { app = '', uses = {} }
  for name, use in pairs(dropped.uses) do
    local known = floor.uses[name]
    if not known or use[1] > known[1] or (use[1] == known[1] and use[2] > known[2]) then floor.uses[name] = use end
  end
  server.call('HSET', key, 'uses', write_account(floor))
  server.call('HINCRBY', key, 'dropped', 1)
  server.call('EXPIRE', key, 172800)
end

-- Drops, of a few accounts, those whose windows are over, or else that which has used least of its limits.
local function make_space(keys, limits, now)
  local some = server.call('HRANDFIELD', keys.accounts, 16, 'WITHVALUES')
  local least, least_share, has_space
  for at = 1, #some, 2 do
    local account = read_account(some[at + 1])
    if is_over(account, now) then
      server.call('HDEL', keys.accounts, some[at])
      has_space = true
    else
      local share = 0
      for _, limit in ipairs(limits) do
        local use = account.uses[limit.name]
        if use and limit.most > 0 then share = math.max(share, use[2] / limit.most) end
      end
      if not least or share < least_share then least, least_share = { some[at], account }, share end
    end
  end
  if has_space or not least then return end
  server.call('HDEL', keys.accounts, least[1])
  raise_floor(keys.floor, least[2])
end

local function keep_account(keys, subject, account, is_known, limits, most, now)
  if not is_known and server.call('HLEN', keys.accounts) >= most then make_space(keys, limits, now) end
  server.call('HSET', keys.accounts, subject, write_account(account))
  server.call('EXPIRE', keys.accounts, 172800)
end

local function stream_fits(key, most, now)
  server.call('ZREMRANGEBYSCORE', key, '-inf', text(now))
  return most < 0 or server.call('ZCARD', key) < most
end

local function hold_stream(key, id, lasts, now)
  server.call('ZADD', key, text(now + lasts), id)
  server.call('PEXPIRE', key, text(lasts))
end

-- The proof, if there is one, and a stream: before a large body is read.
-- keys: memory, proof, count of the holder, open streams
-- args: '1' with a proof, age, kept, share; id of the stream or '', for how long (ms) it counts as open, most streams or -1
-- -> what became of the proof; or 'exceeded' (too many streams); or 'ok'
server.register_function('assay_guard_2_open', function(keys, args)
  local now = milliseconds()
  if args[1] == '1' then
    local proof = use_proof(now, keys[1], keys[2], keys[3], args[2], args[3], args[4])
    if proof ~= 'new' then return { proof } end
  end
  if args[5] == '' then return { 'ok' } end
  if not stream_fits(keys[4], tonumber(args[7]), now) then return { 'exceeded' } end
  hold_stream(keys[4], args[5], tonumber(args[6]), now)
  return { 'ok' }
end)

-- The proof, if there is one, and then the request, if it exceeds no limit: one call for both. A stream that was opened
-- is known by its id; with its cost reserved, it has a '+' behind.
-- keys: memory, proof, count of the holder, open streams; then for each account: those of its kind, their floor
-- args: '1' with a proof, age, kept, share; id of the stream or '', for how long (ms) it counts as open, most streams or -1,
-- '1' if it was opened; app; how many accounts of a kind are kept; how many accounts; their subjects; then for each
-- limit: which account, unit and seconds (c86400), limit or -1, what is added
-- -> what became of the proof; or 'exceeded', limit (0: streams), seconds to wait, use of each limit; or 'ok', time, use
server.register_function('assay_guard_2_reserve', function(keys, args)
  local now = milliseconds()
  if args[1] == '1' then
    local proof = use_proof(now, keys[1], keys[2], keys[3], args[2], args[3], args[4])
    if proof ~= 'new' then return { proof } end
  end
  local id, was_opened, exceeded, wait = args[5], args[8] == '1', nil, -1
  if id ~= '' and not was_opened and not stream_fits(keys[4], tonumber(args[7]), now) then exceeded = 0 end
  local held, count = {}, tonumber(args[11])
  for at = 1, count do
    local place = { accounts = keys[3 + 2 * at], floor = keys[4 + 2 * at] }
    local account, is_known = account_of(place, args[11 + at], args[9], now)
    held[at] = { place = place, subject = args[11 + at], account = account, is_known = is_known, limits = {} }
  end
  local limits = {}
  for at = 12 + count, #args, 4 do
    local holder = held[tonumber(args[at])]
    local limit = { name = args[at + 1], most = tonumber(args[at + 2]), more = tonumber(args[at + 3]) }
    local use = use_of(holder.account, limit.name, now)
    if limit.most >= 0 and use[2] + limit.more > limit.most then
      local left = math.max(1, math.ceil((use[1] + 1) * seconds_of(limit.name) - now / 1000))
      if left > wait then exceeded, wait = #limits + 1, left end
    end
    limit.use = use
    holder.account.uses[limit.name] = use
    table.insert(holder.limits, limit)
    table.insert(limits, limit)
  end
  local answer = exceeded and { 'exceeded', text(exceeded), text(wait) } or { 'ok', text(now) }
  for _, limit in ipairs(limits) do
    if not exceeded then limit.use[2] = limit.use[2] + limit.more end
    table.insert(answer, text(limit.use[2]))
  end
  if was_opened then server.call('ZREM', keys[4], id) end
  if exceeded then return answer end
  for _, each in ipairs(held) do
    keep_account(each.place, each.subject, each.account, each.is_known, each.limits, tonumber(args[10]), now)
  end
  if id ~= '' then hold_stream(keys[4], id .. '+', tonumber(args[6]), now) end
  return answer
end)

-- The end of a request: once for each stream, however often it is called. Of a stream that was only opened, it ends the
-- stream and nothing else.
-- keys: open streams; then for each account: those of its kind, their floor
-- args: id of the stream, time at which the cost was reserved, app, how many accounts of a kind are kept, how many
-- accounts; their subjects; then for each limit of cost: which account, unit and seconds, what its use changes by
server.register_function('assay_guard_2_settle', function(keys, args)
  if server.call('ZREM', keys[1], args[1] .. '+') == 0 then
    return server.call('ZREM', keys[1], args[1]) == 0 and 'unknown' or 'closed'
  end
  local now, reserved, held, count = milliseconds(), tonumber(args[2]), {}, tonumber(args[5])
  for at = 6 + count, #args, 3 do
    local index, name, change = tonumber(args[at]), args[at + 1], tonumber(args[at + 2])
    local each = held[index]
    if not each then
      each = { place = { accounts = keys[2 * index], floor = keys[1 + 2 * index] }, subject = args[5 + index] }
      each.account, each.is_known = account_of(each.place, each.subject, args[3], now)
      held[index] = each
    end
    local use = use_of(each.account, name, now)
    -- What is given back is given back in its own window, if that is still the present one.
    if change > 0 or (change < 0 and each.is_known and use[1] == math.floor(reserved / 1000 / seconds_of(name))) then
      each.account.uses[name] = { use[1], math.max(0, use[2] + change) }
      each.is_changed = true
    end
  end
  for _, each in pairs(held) do
    -- An account that was dropped meanwhile is in the floor with all of it: nothing of that is given back.
    if each.is_changed then
      keep_account(each.place, each.subject, each.account, each.is_known, {}, tonumber(args[4]), now)
    end
  end
  return 'settled'
end)

-- keys: memory. args: a key of nonces for a memory that begins now -> the key of the memory
server.register_function('assay_guard_2_memory', function(keys, args)
  local _, key = memory(keys[1], milliseconds(), args[1])
  return key
end)
