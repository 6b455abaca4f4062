-- wrk's side of the closed loop: unique keys of fixed width, so the head of a request never changes.
-- `shape` comes from the file that closed_loop.py writes and that loads this one.
local number = 0
local head

function init(_)
  local length = #shape.head + #shape.tail + shape.size * #shape.first + shape.size * shape.keys * 21
  for _, part in ipairs(shape.rest) do length = length + shape.size * #part end
  length = length + shape.size - 1
  head = shape.method .. " " .. shape.path .. " HTTP/1.1\r\nHost: 127.0.0.1\r\n" .. shape.headers
  if shape.method == "POST" then head = head .. "Content-Length: " .. length .. "\r\n" end
  head = head .. "\r\n"
end

local function item()
  number = number + 1
  local key = string.format("key-%s-%012d", shape.run, number)
  local text = shape.first
  for _, part in ipairs(shape.rest) do text = text .. key .. part end
  return text
end

function request()
  if shape.method == "GET" then return head end
  if shape.size == 1 then return head .. shape.head .. item() .. shape.tail end
  local items = {}
  for i = 1, shape.size do items[i] = item() end
  return head .. shape.head .. table.concat(items, ",") .. shape.tail
end

function done(summary, latency, _)
  local e = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "seconds": %.6f, "p50_ms": %.4f, "p99_ms": %.4f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.status, e.connect + e.read + e.write + e.timeout))
end
