-- `http-request lua.assay ADDRESS`: asks the guard at ADDRESS, as `unix@/run/assay/guard.sock` or `127.0.0.1:8788`, about
-- this request. Only 204 lets it through, with what the guard says of the app; any other answer goes to the caller, and no
-- answer is a 503. HAProxy goes on to the next rule when an action fails, so that rule has to require `txn.assay_passed`.

local attested = {
  "assay-app", "assay-build", "assay-platform", "assay-tier", "assay-holder-key", "assay-installation", "assay-waived",
}

-- Fields by which a caller could speak for the gateway, and those of a body that the guard does not get.
local dropped = {
  ["x-original-method"] = true, ["x-original-uri"] = true, ["x-real-ip"] = true, ["content-length"] = true,
  ["transfer-encoding"] = true, ["connection"] = true, ["upgrade"] = true, ["expect"] = true,
}

-- Of the answer to a request that the guard did not judge. HAProxy's file lets pages read it.
local unavailable = {
  ["content-type"] = { [0] = "application/problem+json" }, ["cache-control"] = { [0] = "no-store" },
  ["retry-after"] = { [0] = "5" },
}

local function question(txn)
  local fields = {}
  for name, values in pairs(txn.http:req_get_headers()) do
    if not dropped[name] then
      local list = {}
      for i = 0, #values do list[#list + 1] = values[i] end
      fields[name] = list
    end
  end
  fields["x-original-method"] = { txn.f:method() }
  fields["x-original-uri"] = { txn.f:url() }
  fields["x-real-ip"] = { txn.f:src() }
  return fields
end

local function answer(txn, status, fields, body)
  local reply = txn:reply({ status = status })
  for name, values in pairs(fields) do
    if name ~= "content-length" and name ~= "connection" and name ~= "keep-alive" and name ~= "transfer-encoding" then
      for i = 0, #values do reply:add_header(name, values[i]) end
    end
  end
  reply:set_body(body)
  txn:done(reply)
end

core.register_action("assay", { "http-req" }, function(txn, address)
  local asked, response = pcall(function()
    return core.httpclient():get({ url = "http://guard/", dst = address, headers = question(txn), timeout = 5000 })
  end)
  -- HAProxy's client answers 503 by itself when it reaches nothing.
  if not asked or response == nil or response.status == nil or response.status == 0 or response.status >= 500 then
    return answer(txn, 503, unavailable, '{"type":"urn:assay:problem:temporarily_unavailable","status":503,"code":"temporarily_unavailable"}')
  end
  if response.status ~= 204 then
    return answer(txn, response.status, response.headers or {}, response.body or "")
  end
  local said = response.headers
  for _, name in ipairs(attested) do
    local values = said[name]
    if values ~= nil and values[0] ~= "" then
      txn.http:req_set_header(name, values[0])
    else
      txn.http:req_del_header(name)
    end
  end
  local nonce = said["dpop-nonce"]
  if nonce ~= nil then txn:set_var("txn.assay_nonce", nonce[0]) end
  -- The last statement: HAProxy refuses what does not come this far.
  txn:set_var("txn.assay_passed", true)
end, 1)
