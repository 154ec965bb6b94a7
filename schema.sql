-- The schema of mtlb.db: configuration, revisions, audit trail.
-- Generated from src/model; do not edit. Triggers keep the revisions, so any SQL writer may change rows.

-- Counters: 'latest' goes up with every change, 'global' is the latest that touched a listener or a setting.
CREATE TABLE revision (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO revision (name, value) VALUES ('latest', 0), ('global', 0);

-- Tenants that are gone, and the revision that removed them. Ids are never used again.
CREATE TABLE removed_tenant (
  id INTEGER PRIMARY KEY,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX removed_tenant_by_revision ON removed_tenant (revision);

-- What mtlb signs with. Made with the file, of use to nobody else, shown by no command.
CREATE TABLE secret (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Limits that tenants have unless they have their own.
CREATE TABLE plan (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 63 AND name NOT GLOB '*[^a-z0-9._-]*'), -- Name of the plan.
  rate TEXT CHECK (rate GLOB '[1-9]*/?*'), -- Requests per period of a tenant; without it any.
  burst INTEGER CHECK (burst BETWEEN 1 AND 1000000000), -- Requests of a tenant that may come at once; without it as many as the rate counts.
  concurrency INTEGER CHECK (concurrency BETWEEN 1 AND 1000000), -- Requests of a tenant under way at once; without it any number.
  client_rate TEXT CHECK (client_rate GLOB '[1-9]*/?*'), -- Requests per period of each of its clients; without it any.
  client_burst INTEGER CHECK (client_burst BETWEEN 1 AND 1000000000), -- Requests of a client that may come at once; without it as many as the rate counts.
  note TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 200), -- Free text for operators.
  quotas TEXT NOT NULL DEFAULT '', -- Requests, bytes or time at endpoints of a tenant per day, week, month or fixed window; may be repeated.
  bandwidth_bytes INTEGER CHECK (bandwidth_bytes BETWEEN 1000 AND 1000000000000), -- Bytes per second each way of bodies of a tenant; without it any.
  connection_bandwidth_bytes INTEGER CHECK (connection_bandwidth_bytes BETWEEN 1000 AND 1000000000000), -- Bytes per second each way of bodies on each client's connection; without it any.
  max_body_bytes INTEGER CHECK (max_body_bytes >= 0), -- Longest body of a request; without it any length is taken.
  UNIQUE (name)
) STRICT;

-- Whom traffic belongs to.
CREATE TABLE tenant (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 63 AND name NOT GLOB '*[^a-z0-9._-]*'), -- Name of the tenant.
  state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended')), -- Whether its requests are served.
  note TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 200), -- Free text for operators.
  revision INTEGER NOT NULL DEFAULT 0 CHECK (revision BETWEEN 0 AND 9007199254740991), -- Revision at which anything of the tenant last changed; triggers write it.
  breaker INTEGER NOT NULL DEFAULT 0 CHECK (breaker IN (0, 1)), -- Whether a circuit breaker keeps requests from all its pools while they fail.
  breaker_errors_percent INTEGER NOT NULL DEFAULT 50 CHECK (breaker_errors_percent BETWEEN 0 AND 100), -- Share of failed requests at which a breaker opens; 0% means that they open none.
  breaker_slow_percent INTEGER NOT NULL DEFAULT 0 CHECK (breaker_slow_percent BETWEEN 0 AND 100), -- Share of slow requests at which it opens; 0% means that they open none.
  breaker_slow_after_ms INTEGER NOT NULL DEFAULT 5000 CHECK (breaker_slow_after_ms BETWEEN 1 AND 604800000), -- A request is slow when its response has not begun after so long.
  breaker_min_requests INTEGER NOT NULL DEFAULT 20 CHECK (breaker_min_requests BETWEEN 1 AND 1000000), -- With fewer requests in its window a breaker does not open.
  breaker_window_ms INTEGER NOT NULL DEFAULT 10000 CHECK (breaker_window_ms BETWEEN 1000 AND 3600000), -- Time over which requests are counted.
  breaker_open_ms INTEGER NOT NULL DEFAULT 5000 CHECK (breaker_open_ms BETWEEN 100 AND 604800000), -- How long a breaker stays open before one request is let through as a probe.
  plan TEXT CHECK (length(plan) BETWEEN 1 AND 63 AND plan NOT GLOB '*[^a-z0-9._-]*'), -- Plan whose limits it has where it has none of its own.
  time_zone TEXT NOT NULL DEFAULT 'UTC' CHECK (length(time_zone) BETWEEN 1 AND 64), -- Where days, weeks and months of its quotas and its usage begin.
  weight INTEGER NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 1000), -- Its part of a pool that it shares with others, as a multiple of theirs, while all want more than there is.
  guarantee INTEGER NOT NULL DEFAULT 0 CHECK (guarantee BETWEEN 0 AND 1000000), -- Requests under way in each such pool that it may have before all others; 0 means none.
  grants TEXT NOT NULL DEFAULT '', -- Pools of 'shared' that its routes may name.
  breaker_mode TEXT NOT NULL DEFAULT 'enforce' CHECK (breaker_mode IN ('enforce', 'shadow', 'off')), -- Whether its open circuit breaker is enforced.
  UNIQUE (name)
) STRICT;
CREATE INDEX tenant_by_revision ON tenant (revision);

-- A name that a tenant owns: requests for it are the tenant's.
CREATE TABLE host (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 253 AND name = lower(name)), -- Exact name or *.wildcard, case-folded ASCII.
  note TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 200), -- Free text for operators.
  UNIQUE (name)
) STRICT;
CREATE INDEX host_by_tenant ON host (tenant_id);

-- An address on which requests are accepted.
CREATE TABLE listener (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 63 AND name NOT GLOB '*[^a-z0-9._-]*'), -- Name of the listener.
  bind TEXT NOT NULL CHECK (bind GLOB '?*:[0-9]*'), -- Address and port; port 0 lets the kernel choose.
  UNIQUE (name)
) STRICT;

-- A set of endpoints that serve alike.
CREATE TABLE pool (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 63 AND name NOT GLOB '*[^a-z0-9._-]*'), -- Name of the pool, unique within its tenant.
  balance TEXT NOT NULL DEFAULT 'round-robin' CHECK (length(balance) > 0), -- How an endpoint is picked.
  hash_on TEXT CHECK (length(hash_on) > 0), -- What balance 'hash' looks at: header:NAME, cookie:NAME, query:NAME, path, tenant or key.
  hash_load_percent INTEGER CHECK (hash_load_percent BETWEEN 101 AND 10000), -- Most that one endpoint gets by its hash, as a multiple of the mean under way; without it any load.
  sticky TEXT NOT NULL DEFAULT 'off' CHECK (sticky IN ('off', 'cookie', 'ip')), -- What keeps a client at its endpoint.
  sticky_age_ms INTEGER NOT NULL DEFAULT 86400000 CHECK (sticky_age_ms BETWEEN 1000 AND 604800000), -- How long a sticky cookie is good; in the second half of it the client is given a new one.
  connect_timeout_ms INTEGER NOT NULL DEFAULT 5000 CHECK (connect_timeout_ms BETWEEN 1 AND 604800000), -- Longest wait for a connection to an endpoint.
  slow_start_ms INTEGER NOT NULL DEFAULT 0 CHECK (slow_start_ms BETWEEN 0 AND 604800000), -- How long the share of an endpoint grows that is new or back; 0 means that it has it at once.
  spill_below_percent INTEGER NOT NULL DEFAULT 70 CHECK (spill_below_percent BETWEEN 0 AND 100), -- Share of the healthy among endpoints of the node's own zone below which other zones serve as well.
  panic_below_percent INTEGER NOT NULL DEFAULT 0 CHECK (panic_below_percent BETWEEN 0 AND 100), -- Share of the healthy among all endpoints below which all are used, healthy or not; 0% means never.
  health TEXT NOT NULL DEFAULT 'off' CHECK (health IN ('off', 'tcp', 'http', 'exec')), -- How endpoints are checked.
  health_method TEXT NOT NULL DEFAULT 'GET' CHECK (health_method IN ('GET', 'HEAD')), -- Method of a check.
  health_path TEXT NOT NULL DEFAULT '/' CHECK (health_path GLOB '/*'), -- Path of a check.
  health_host TEXT CHECK (length(health_host) BETWEEN 1 AND 253 AND health_host = lower(health_host)), -- Host that a check asks for; without it the URL's.
  health_statuses TEXT NOT NULL DEFAULT '200-399', -- Statuses that are good.
  health_body TEXT CHECK (length(health_body) <= 200), -- What the first 64 KiB of the body must have in them; without it any body is good.
  health_interval_ms INTEGER NOT NULL DEFAULT 5000 CHECK (health_interval_ms BETWEEN 100 AND 604800000), -- Time between two checks, give or take a tenth.
  health_down_interval_ms INTEGER CHECK (health_down_interval_ms BETWEEN 100 AND 604800000), -- The same while the endpoint is down; without it no different.
  health_timeout_ms INTEGER NOT NULL DEFAULT 2000 CHECK (health_timeout_ms BETWEEN 10 AND 604800000), -- How long a check may take.
  rise INTEGER NOT NULL DEFAULT 2 CHECK (rise BETWEEN 1 AND 100), -- Good checks in a row that bring an endpoint up.
  fall INTEGER NOT NULL DEFAULT 3 CHECK (fall BETWEEN 1 AND 100), -- Bad checks in a row that bring it down.
  eject_after INTEGER NOT NULL DEFAULT 5 CHECK (eject_after BETWEEN 0 AND 10000), -- Requests in a row that an endpoint fails before it is ejected for a time; 0 means never.
  eject_time_ms INTEGER NOT NULL DEFAULT 10000 CHECK (eject_time_ms BETWEEN 1 AND 604800000), -- How long the first ejection lasts; each further one lasts twice as long.
  eject_max_time_ms INTEGER NOT NULL DEFAULT 300000 CHECK (eject_max_time_ms BETWEEN 1 AND 604800000), -- How long an ejection lasts at most.
  retry_budget_percent INTEGER NOT NULL DEFAULT 20 CHECK (retry_budget_percent BETWEEN 0 AND 100), -- Retries that the pool allows as a share of its requests, beside 10 a second.
  max_in_flight INTEGER NOT NULL DEFAULT 0 CHECK (max_in_flight BETWEEN 0 AND 1000000), -- Requests that the pool serves at once; 0 means any number.
  queue INTEGER NOT NULL DEFAULT 0 CHECK (queue BETWEEN 0 AND 10000), -- Requests beyond that, or beyond what its endpoints take, that wait for a place; 0 means none.
  queue_timeout_ms INTEGER NOT NULL DEFAULT 2000 CHECK (queue_timeout_ms BETWEEN 10 AND 604800000), -- How long they wait.
  eject_deviation_percent INTEGER NOT NULL DEFAULT 190 CHECK (eject_deviation_percent BETWEEN 0 AND 1000), -- Standard deviations that the success rate of an ejected endpoint is below the mean of all; 0 means never.
  eject_min_requests INTEGER NOT NULL DEFAULT 100 CHECK (eject_min_requests BETWEEN 1 AND 1000000), -- Requests in ten seconds without which an endpoint is not compared with others.
  breaker TEXT NOT NULL DEFAULT 'off' CHECK (breaker IN ('off', 'endpoints', 'pool', 'both')), -- What a circuit breaker keeps requests from while they fail.
  breaker_errors_percent INTEGER NOT NULL DEFAULT 50 CHECK (breaker_errors_percent BETWEEN 0 AND 100), -- Share of failed requests at which a breaker opens; 0% means that they open none.
  breaker_slow_percent INTEGER NOT NULL DEFAULT 0 CHECK (breaker_slow_percent BETWEEN 0 AND 100), -- Share of slow requests at which it opens; 0% means that they open none.
  breaker_slow_after_ms INTEGER NOT NULL DEFAULT 5000 CHECK (breaker_slow_after_ms BETWEEN 1 AND 604800000), -- A request is slow when its response has not begun after so long.
  breaker_min_requests INTEGER NOT NULL DEFAULT 20 CHECK (breaker_min_requests BETWEEN 1 AND 1000000), -- With fewer requests in its window a breaker does not open.
  breaker_window_ms INTEGER NOT NULL DEFAULT 10000 CHECK (breaker_window_ms BETWEEN 1000 AND 3600000), -- Time over which requests are counted.
  breaker_open_ms INTEGER NOT NULL DEFAULT 5000 CHECK (breaker_open_ms BETWEEN 100 AND 604800000), -- How long a breaker stays open before one request is let through as a probe.
  health_headers TEXT NOT NULL DEFAULT '', -- Headers that a check sends: 'X-Probe: yes'.
  health_json TEXT CHECK (health_json LIKE '_%=_%' AND length(health_json) <= 200), -- What a JSON body must have: 'checks.db=up'; without it any body is good.
  health_command TEXT CHECK (length(health_command) <= 1000), -- What health 'exec' runs, in a shell: exit code 0 is good.
  adaptive INTEGER NOT NULL DEFAULT 0 CHECK (adaptive IN (0, 1)), -- Whether it finds out by itself how many requests it serves at once; --max-in-flight is then the most.
  breaker_mode TEXT NOT NULL DEFAULT 'enforce' CHECK (breaker_mode IN ('enforce', 'shadow', 'off')), -- Whether an open circuit breaker of the pool is enforced.
  from_file TEXT CHECK (from_file GLOB '/?*' AND length(from_file) <= 1000), -- JSON file with further endpoints, read anew when it changes.
  from_exec TEXT CHECK (length(from_exec) <= 1000), -- Command, run in a shell, that says further endpoints; needs the setting allow-exec.
  refresh_ms INTEGER NOT NULL DEFAULT 10000 CHECK (refresh_ms BETWEEN 1000 AND 604800000), -- Time between two runs of that command.
  UNIQUE (tenant_id, name)
) STRICT;

-- Where requests are sent: an address, or a name with all its addresses.
CREATE TABLE endpoint (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pool_id INTEGER NOT NULL REFERENCES pool (id) ON DELETE CASCADE,
  url TEXT NOT NULL CHECK (url GLOB 'http://?*' OR url GLOB 'https://?*' OR url GLOB 'srv+http://?*' OR url GLOB 'srv+https://?*'), -- Scheme, host and port, or a service: srv+http://_web._tcp.internal; unique within its pool.
  weight INTEGER NOT NULL DEFAULT 1 CHECK (weight BETWEEN 0 AND 1000), -- Share of the traffic; 0 drains: never picked, requests under way finish.
  state TEXT NOT NULL DEFAULT 'enabled' CHECK (state IN ('enabled', 'draining', 'disabled')), -- Whether it is given requests.
  priority INTEGER NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 15), -- Group within the pool: 0 serves first, others while nobody of a lower number may.
  backup INTEGER NOT NULL DEFAULT 0 CHECK (backup IN (0, 1)), -- Whether it serves only while nobody else may.
  zone TEXT CHECK (length(zone) BETWEEN 1 AND 63 AND zone NOT GLOB '*[^a-z0-9._-]*'), -- Where it stands; see the setting zone.
  max_connections INTEGER NOT NULL DEFAULT 0 CHECK (max_connections BETWEEN 0 AND 1000000), -- Requests that it is given at once, each over a connection of its own; 0 means any number.
  UNIQUE (pool_id, url)
) STRICT;

-- What of a tenant's traffic goes to which pool.
CREATE TABLE route (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 63 AND name NOT GLOB '*[^a-z0-9._-]*'), -- Name of the route, unique within its tenant.
  path TEXT NOT NULL DEFAULT '/' CHECK (path GLOB '/*'), -- Path prefix, matched by whole segments; the longest wins.
  methods TEXT NOT NULL DEFAULT '', -- Methods that it takes; none means every method.
  pool TEXT NOT NULL CHECK (length(pool) BETWEEN 1 AND 70 AND pool NOT GLOB '*[^a-z0-9._/-]*'), -- Name of the tenant's pool that serves it, or 'shared/NAME' of one that is granted.
  auth TEXT NOT NULL DEFAULT 'key' CHECK (length(auth) > 0), -- What a client must present.
  strip_prefix INTEGER NOT NULL DEFAULT 0 CHECK (strip_prefix IN (0, 1)), -- Whether the path prefix is cut off before sending.
  path_mode TEXT NOT NULL DEFAULT 'canonical' CHECK (path_mode IN ('canonical', 'raw')), -- Which paths it takes, and how they are sent on.
  websocket INTEGER NOT NULL DEFAULT 1 CHECK (websocket IN (0, 1)), -- Whether it lets a client open a WebSocket.
  max_body_bytes INTEGER CHECK (max_body_bytes >= 0), -- Longest request body; without it any length is taken.
  timeout_ms INTEGER NOT NULL DEFAULT 60000 CHECK (timeout_ms BETWEEN 1 AND 604800000), -- Longest wait for the response to begin, once the request is complete.
  idle_timeout_ms INTEGER NOT NULL DEFAULT 60000 CHECK (idle_timeout_ms BETWEEN 1 AND 604800000), -- Longest silence of the endpoint within a response, or while it should take a request.
  request_timeout_ms INTEGER CHECK (request_timeout_ms BETWEEN 1 AND 604800000), -- Longest time from request to end of response; without it there is no bound.
  attempts INTEGER NOT NULL DEFAULT 3 CHECK (attempts BETWEEN 1 AND 10), -- Endpoints that one request is sent to at most, one after the other.
  retry_on TEXT NOT NULL DEFAULT 'connect,reset', -- What another attempt follows: connect, reset, timeout, protocol, or statuses of 5xx like 502-504.
  retry_non_idempotent INTEGER NOT NULL DEFAULT 0 CHECK (retry_non_idempotent IN (0, 1)), -- Whether POST and the like are sent again as well, though they may have been carried out.
  retry_backoff_ms INTEGER NOT NULL DEFAULT 25 CHECK (retry_backoff_ms BETWEEN 1 AND 604800000), -- Longest wait before the second retry, doubling with each further one; the first goes at once.
  hedge INTEGER NOT NULL DEFAULT 0 CHECK (hedge IN (0, 1)), -- Whether a request that waits longer than 95 % of them do is sent to a second endpoint as well.
  auth_mode TEXT NOT NULL DEFAULT 'enforce' CHECK (auth_mode IN ('enforce', 'shadow', 'off')), -- Whether what a client must present is enforced.
  max_body_mode TEXT NOT NULL DEFAULT 'enforce' CHECK (max_body_mode IN ('enforce', 'shadow', 'off')), -- Whether --max-body is enforced.
  split TEXT NOT NULL DEFAULT '', -- Pools among which it is split by weight, in place of --pool: 'web=95,canary=5'; none means that it is not.
  split_on TEXT NOT NULL DEFAULT 'request' CHECK (length(split_on) > 0), -- What keeps requests with their pool: request (nothing), client, key, cookie:NAME, header:NAME, query:NAME.
  split_header TEXT CHECK (split_header GLOB '?*=?*'), -- Header that leads to the last pool of the split: 'X-Canary=1'.
  "match" TEXT NOT NULL DEFAULT '', -- Conditions on header fields, cookies and query: 'header:X-Beta', 'cookie:group=beta', 'query:v=2*'; all must hold.
  path_regex TEXT CHECK (length(path_regex) BETWEEN 1 AND 200), -- Expression in RE2 syntax that the whole path must match as well.
  mirror TEXT CHECK (length(mirror) BETWEEN 1 AND 80), -- Pool that gets copies of its requests, whose answers nobody hears, and of how many: 'canary=10%'.
  UNIQUE (tenant_id, name)
) STRICT;

-- A tenant's API key; only its hash is kept.
CREATE TABLE "key" (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 63 AND name NOT GLOB '*[^a-z0-9._-]*'), -- Name of the key, unique within its tenant.
  hash TEXT NOT NULL CHECK (length(hash) <= 64), -- Lower-case hex SHA-256 of the secret.
  prefix TEXT NOT NULL CHECK (length(prefix) <= 16), -- First characters of the secret, to recognise it by.
  note TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 200), -- Free text for operators.
  revoked_ms INTEGER CHECK (revoked_ms BETWEEN 0 AND 8640000000000000), -- When the key was revoked: it opens nothing since.
  UNIQUE (tenant_id, name)
) STRICT;

-- A bound on a tenant's requests, or on those of a route or key.
CREATE TABLE "limit" (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  target TEXT NOT NULL CHECK (target GLOB 'tenant*' OR target GLOB 'route:[a-z0-9]*' OR target GLOB 'key:[a-z0-9]*'), -- What it bounds: 'tenant', 'route:NAME' or 'key:NAME', and each client: 'tenant/client'.
  rate TEXT CHECK (rate GLOB '[1-9]*/?*'), -- Requests per period; without it any.
  burst INTEGER CHECK (burst BETWEEN 1 AND 1000000000), -- Requests that may come at once; without it as many as the rate counts.
  concurrency INTEGER CHECK (concurrency BETWEEN 1 AND 1000000), -- Requests under way at once, WebSockets included; without it any number.
  on_exceed TEXT NOT NULL DEFAULT 'reject' CHECK (on_exceed IN ('reject', 'queue', 'shadow')), -- What becomes of a request beyond.
  bandwidth_bytes INTEGER CHECK (bandwidth_bytes BETWEEN 1000 AND 1000000000000), -- Bytes per second each way of bodies; without it any.
  max_wait_ms INTEGER NOT NULL DEFAULT 1000 CHECK (max_wait_ms BETWEEN 1 AND 604800000), -- How long a request waits that is queued.
  quotas TEXT NOT NULL DEFAULT '', -- Requests, bytes or time at endpoints per day, week, month or fixed window; may be repeated.
  connection_bandwidth_bytes INTEGER CHECK (connection_bandwidth_bytes BETWEEN 1000 AND 1000000000000), -- Bytes per second each way of bodies on each client's connection; without it any.
  max_body_bytes INTEGER CHECK (max_body_bytes >= 0), -- Longest body of a request; without it any length is taken.
  mode TEXT NOT NULL DEFAULT 'enforce' CHECK (mode IN ('enforce', 'shadow', 'off')), -- Whether it is enforced.
  UNIQUE (tenant_id, target)
) STRICT;

-- An address range that is allowed or denied; the longest match wins.
CREATE TABLE ip_rule (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  "range" TEXT NOT NULL CHECK ("range" GLOB '?*/?*'), -- Range with its prefix length, unique within its tenant.
  action TEXT NOT NULL CHECK (action IN ('allow', 'deny')), -- What happens to requests from it.
  note TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 200), -- Free text for operators.
  mode TEXT NOT NULL DEFAULT 'enforce' CHECK (mode IN ('enforce', 'shadow', 'off')), -- Whether it is enforced.
  UNIQUE (tenant_id, "range")
) STRICT;

-- What holds for all tenants; a setting without a row has its default.
CREATE TABLE setting (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 63 AND name NOT GLOB '*[^a-z0-9._-]*'), -- Name of a declared setting.
  value TEXT NOT NULL CHECK (length(value) <= 10000), -- Its value, as the command line takes it.
  UNIQUE (name)
) STRICT;

-- What tenants pay for what they use, from a day on.
CREATE TABLE price (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL CHECK (name GLOB '[a-z]*@[1-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]*'), -- What it is of and from when on: 'requests@2026-12-01'.
  tiers TEXT NOT NULL, -- Money per quantity, and from a quantity of the month on another: '0.40/1M,10M:0.30/1M'.
  UNIQUE (name)
) STRICT;

-- Who changed what, when, by which command.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  time_ms INTEGER NOT NULL CHECK (time_ms BETWEEN 0 AND 8640000000000000), -- When it was written.
  actor TEXT NOT NULL CHECK (length(actor) <= 200), -- Operator: SUDO_USER, else login user, else user.
  command TEXT NOT NULL CHECK (length(command) <= 4000), -- Command as it was given.
  action TEXT NOT NULL CHECK (action IN ('add', 'set', 'remove', 'erase')), -- What was done.
  noun TEXT NOT NULL CHECK (length(noun) <= 200), -- What kind of thing it is.
  name TEXT NOT NULL CHECK (length(name) <= 1000), -- Its name within its tenant.
  tenant TEXT CHECK (length(tenant) <= 200), -- The tenant's name at that time, if it is a tenant's.
  before TEXT CHECK (json_type(before) = 'object'), -- Its values before; of keys the hash.
  after TEXT CHECK (json_type(after) = 'object'), -- Its values afterwards; of keys the hash.
  revision INTEGER NOT NULL CHECK (revision BETWEEN 0 AND 9007199254740991) -- Revision that the change made.
) STRICT;

-- What shows whether a row of the audit trail is as it was written, and where it was.
CREATE TABLE audit_seal (
  id INTEGER PRIMARY KEY,
  salt TEXT, -- Random; gone when the row's values were erased.
  digest TEXT NOT NULL, -- SHA-256 of salt, command, names and values.
  chain TEXT NOT NULL -- SHA-256 of the chain up to the row before, this digest, and all else that the row says.
) STRICT;

CREATE TRIGGER plan_insert AFTER INSERT ON plan BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE plan IN (NEW.name);
END;
CREATE TRIGGER plan_update AFTER UPDATE ON plan BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE plan IN (OLD.name, NEW.name);
END;
CREATE TRIGGER plan_delete AFTER DELETE ON plan BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE plan IN (OLD.name);
END;

CREATE TRIGGER tenant_insert AFTER INSERT ON tenant BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id = NEW.id;
END;
CREATE TRIGGER tenant_update AFTER UPDATE OF name, state, note, breaker, breaker_errors_percent, breaker_slow_percent, breaker_slow_after_ms, breaker_min_requests, breaker_window_ms, breaker_open_ms, plan, time_zone, weight, guarantee, grants, breaker_mode ON tenant BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id = NEW.id;
END;
CREATE TRIGGER tenant_delete AFTER DELETE ON tenant BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  INSERT OR REPLACE INTO removed_tenant (id, revision) VALUES (OLD.id, (SELECT value FROM revision WHERE name = 'latest'));
END;

CREATE TRIGGER host_insert AFTER INSERT ON host BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (NEW.tenant_id);
END;
CREATE TRIGGER host_update AFTER UPDATE ON host BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (OLD.tenant_id, NEW.tenant_id);
END;
CREATE TRIGGER host_delete AFTER DELETE ON host BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (OLD.tenant_id);
END;

CREATE TRIGGER listener_insert AFTER INSERT ON listener BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE revision SET value = (SELECT value FROM revision WHERE name = 'latest') WHERE name = 'global';
END;
CREATE TRIGGER listener_update AFTER UPDATE ON listener BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE revision SET value = (SELECT value FROM revision WHERE name = 'latest') WHERE name = 'global';
END;
CREATE TRIGGER listener_delete AFTER DELETE ON listener BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE revision SET value = (SELECT value FROM revision WHERE name = 'latest') WHERE name = 'global';
END;

CREATE TRIGGER pool_insert AFTER INSERT ON pool BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (NEW.tenant_id);
END;
CREATE TRIGGER pool_update AFTER UPDATE ON pool BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (OLD.tenant_id, NEW.tenant_id);
END;
CREATE TRIGGER pool_delete AFTER DELETE ON pool BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (OLD.tenant_id);
END;

CREATE TRIGGER endpoint_insert AFTER INSERT ON endpoint BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN ((SELECT pool.tenant_id FROM pool WHERE id = NEW.pool_id));
END;
CREATE TRIGGER endpoint_update AFTER UPDATE ON endpoint BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN ((SELECT pool.tenant_id FROM pool WHERE id = OLD.pool_id), (SELECT pool.tenant_id FROM pool WHERE id = NEW.pool_id));
END;
CREATE TRIGGER endpoint_delete AFTER DELETE ON endpoint BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN ((SELECT pool.tenant_id FROM pool WHERE id = OLD.pool_id));
END;

CREATE TRIGGER route_insert AFTER INSERT ON route BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (NEW.tenant_id);
END;
CREATE TRIGGER route_update AFTER UPDATE ON route BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (OLD.tenant_id, NEW.tenant_id);
END;
CREATE TRIGGER route_delete AFTER DELETE ON route BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (OLD.tenant_id);
END;

CREATE TRIGGER key_insert AFTER INSERT ON "key" BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (NEW.tenant_id);
END;
CREATE TRIGGER key_update AFTER UPDATE ON "key" BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (OLD.tenant_id, NEW.tenant_id);
END;
CREATE TRIGGER key_delete AFTER DELETE ON "key" BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (OLD.tenant_id);
END;

CREATE TRIGGER limit_insert AFTER INSERT ON "limit" BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (NEW.tenant_id);
END;
CREATE TRIGGER limit_update AFTER UPDATE ON "limit" BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (OLD.tenant_id, NEW.tenant_id);
END;
CREATE TRIGGER limit_delete AFTER DELETE ON "limit" BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (OLD.tenant_id);
END;

CREATE TRIGGER ip_rule_insert AFTER INSERT ON ip_rule BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (NEW.tenant_id);
END;
CREATE TRIGGER ip_rule_update AFTER UPDATE ON ip_rule BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (OLD.tenant_id, NEW.tenant_id);
END;
CREATE TRIGGER ip_rule_delete AFTER DELETE ON ip_rule BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE tenant SET revision = (SELECT value FROM revision WHERE name = 'latest') WHERE id IN (OLD.tenant_id);
END;

CREATE TRIGGER setting_insert AFTER INSERT ON setting BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE revision SET value = (SELECT value FROM revision WHERE name = 'latest') WHERE name = 'global';
END;
CREATE TRIGGER setting_update AFTER UPDATE ON setting BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE revision SET value = (SELECT value FROM revision WHERE name = 'latest') WHERE name = 'global';
END;
CREATE TRIGGER setting_delete AFTER DELETE ON setting BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE revision SET value = (SELECT value FROM revision WHERE name = 'latest') WHERE name = 'global';
END;

CREATE TRIGGER price_insert AFTER INSERT ON price BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE revision SET value = (SELECT value FROM revision WHERE name = 'latest') WHERE name = 'global';
END;
CREATE TRIGGER price_update AFTER UPDATE ON price BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE revision SET value = (SELECT value FROM revision WHERE name = 'latest') WHERE name = 'global';
END;
CREATE TRIGGER price_delete AFTER DELETE ON price BEGIN
  UPDATE revision SET value = value + 1 WHERE name = 'latest';
  UPDATE revision SET value = (SELECT value FROM revision WHERE name = 'latest') WHERE name = 'global';
END;
