-- Tenants within nginx, with what mtlb has: ip rules, keys, an exact limit (GCRA), counters, a latency histogram.
-- Whatever can be made ready is made ready in `load`, so that a request builds no string.
local bit = require 'bit'
local shared = ngx.shared
local keys, limits, stats = shared.keys, shared.limits, shared.stats
local by_host, by_name = {}, {}
local gateway = {}

local function parse_address(text)
  local a, b, c, d = text:match('^(%d+)%.(%d+)%.(%d+)%.(%d+)')
  return bit.bor(bit.lshift(a, 24), bit.lshift(b, 16), bit.lshift(c, 8), d)
end

local function parse_range(text)
  local mask = bit.lshift(-1, 32 - tonumber(text:match('/(%d+)')))
  return { network = bit.band(parse_address(text), mask), mask = mask }
end

local function create_tenant(name, denied, per_minute, burst)
  local interval = 60 / tonumber(per_minute)
  local tenant = { name = name, denied = {}, interval = interval, tolerance = interval * (tonumber(burst) - 1) }
  for range in denied:gmatch('[^,]+') do table.insert(tenant.denied, parse_range(range)) end
  tenant.requests, tenant.classes, tenant.buckets = name .. ':requests', {}, {}
  for class = 1, 5 do tenant.classes[class] = name .. ':' .. class .. 'xx' end
  for bucket = 0, 40 do tenant.buckets[bucket] = name .. ':bucket:' .. bucket end
  return tenant
end

-- A line is: name, host, keys, denied ranges, requests per minute, burst.
function gateway.load(path)
  for line in io.lines(path) do
    local name, host, secrets, denied, per_minute, burst =
      line:match('^(.-)\t(.-)\t(.-)\t(.-)\t(.-)\t(.-)$')
    local tenant = create_tenant(name, denied, per_minute, burst)
    by_host[host], by_name[name] = tenant, tenant
    for secret in secrets:gmatch('[^,]+') do assert(keys:safe_set('Bearer ' .. secret, name)) end
  end
end

local function is_denied(tenant)
  local a, b, c, d = ngx.var.binary_remote_addr:byte(1, 4)
  local address = bit.bor(bit.lshift(a, 24), bit.lshift(b, 16), bit.lshift(c, 8), d)
  local denied = tenant.denied
  for i = 1, #denied do
    if bit.band(address, denied[i].mask) == denied[i].network then return true end
  end
  return false
end

local function is_over_limit(tenant)
  local now = ngx.now()
  local free_at = limits:get(tenant.name) or 0
  if free_at < now then free_at = now end
  if free_at - now > tenant.tolerance then return true end
  limits:set(tenant.name, free_at + tenant.interval)
  return false
end

function gateway.access()
  local var = ngx.var
  local tenant = by_host[var.host]
  if not tenant then return ngx.exit(404) end
  if is_denied(tenant) then return ngx.exit(403) end
  local presented = var.http_authorization
  if not presented or keys:get(presented) ~= tenant.name then return ngx.exit(401) end
  var.tenant = tenant.name
  if is_over_limit(tenant) then return ngx.exit(429) end
end

function gateway.log()
  local tenant = by_name[ngx.var.tenant]
  if not tenant then return end
  stats:incr(tenant.requests, 1, 0)
  stats:incr(tenant.classes[math.floor(ngx.status / 100)], 1, 0)
  local micros = (ngx.now() - ngx.req.start_time()) * 1e6
  local bucket = micros < 1 and 0 or math.min(40, math.floor(2 * math.log(micros) / math.log(2)))
  stats:incr(tenant.buckets[bucket], 1, 0)
end

return gateway
