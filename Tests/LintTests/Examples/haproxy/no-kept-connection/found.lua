-- core.httpclient is written about here
local names = { "session-valid", "user-id", "user-anonymous", "user-verified", "user-can-reauthenticate", "user-roles",
                "session-amr", "session-authenticated-at" }
for i, n in ipairs(names) do names[i] = "x-authgear-" .. n end
local function ask(txn, url)
    local sent = { authorization = 1, cookie = 1 }
    local answer = core.httpclient():get{ url = url, headers = sent, timeout = 8000 } -- FOUND
end
core.register_action("authgear", { "http-req" }, ask, 1)
