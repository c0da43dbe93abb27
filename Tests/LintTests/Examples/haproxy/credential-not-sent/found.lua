-- FOUND
-- Asks the resolver.
local names = {
    "x-authgear-session-valid", 
    "x-authgear-user-id", "x-authgear-user-anonymous", "x-authgear-user-verified", "x-authgear-user-can-reauthenticate",
    "x-authgear-user-roles", "x-authgear-session-amr", "x-authgear-session-authenticated-at",
}
local function ask(txn)
    local s = core.tcp() 
    s:settimeout(5)
    s:connect("127.0.0.1", 4180)
    local sent = { "authorization", nil }
    -- cookie
end
core.register_action("authgear", { "http-req" }, ask)
