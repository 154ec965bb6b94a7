-- Sends the requests of a file in turn. Its first argument is the file: of each request the length, a line feed, and the
-- bytes. Its second is how many milliseconds a connection rests before each request, on average; 0 for never.
local requests, turn = {}, 0

function init(args)
  local file = assert(io.open(args[1], 'rb'))
  local length = file:read('*n')
  while length do
    file:read(1)
    table.insert(requests, file:read(length))
    length = file:read('*n')
  end
  local pause = tonumber(args[2])
  if pause == 0 then return end
  -- Exponential pauses: requests come as those of many clients do who know nothing of each other.
  function delay() return math.floor(-pause * math.log(1 - math.random()) + 0.5) end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end
