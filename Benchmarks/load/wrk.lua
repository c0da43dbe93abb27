-- Sends the header lines of a file in turn, one a request.
-- Arguments: path, file (or "-": no credential), first line, number of lines, requests after which to stop (0: never).

local ffi = require("ffi")
ffi.cdef("int getpid(void); int kill(int pid, int signal);")
local INTERRUPT = 2

local requests, position, sent, limit = {}, 0, 0, 0
function init(arguments)
    local path, file, first, count = arguments[1], arguments[2], tonumber(arguments[3]), tonumber(arguments[4])
    limit = tonumber(arguments[5])
    local head = "GET " .. path .. " HTTP/1.1\r\nHost: resolver\r\n"
    if file == "-" then
        requests[1] = head .. "\r\n"
        return
    end
    local number = 0
    for line in io.lines(file) do
        number = number + 1
        if number > first + count then break end
        if number > first then requests[#requests + 1] = head .. line .. "\r\n\r\n" end
    end
end

function request()
    sent = sent + 1
    if limit > 0 and sent == limit + 1 then
        -- Ends this thread's loop, and wakes the main one, which would sleep until the whole duration is over.
        wrk.thread:stop()
        ffi.C.kill(ffi.C.getpid(), INTERRUPT)
    end
    position = position % #requests + 1
    return requests[position]
end

function done(summary, latency, _)
    io.write(string.format(
        '\n{"requests": %d, "microseconds": %d, "failed": %d, "refused": %d, "p50": %d, "p99": %d, "p999": %d}\n',
        summary.requests, summary.duration,
        summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
        summary.errors.status, latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
