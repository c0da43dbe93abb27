/// What the clients in Lua share, whatever runs them.
enum LuaTexts {
    /// Our names, the fields that are handed over, and a set of the first.
    static let names = #"""
        -- What only the resolver may write.
        local names = {
            "%name%",
        }
        -- All that the resolver reads of a request. Its body and its other fields stay here.
        local fields = {
            "authorization",
            "cookie",
            "user-agent",
            "%field%",
        }

        local ours = {}
        for _, name in ipairs(names) do ours[name] = true end
        """#

    /// Whether a client's name is one that only the resolver may write.
    static let isOurs = #"""
        -- What a client may not say: a name that begins as ours do, however it is spelled (WSGI, CGI and PHP can't tell
        -- x_authgear_user_id from x-authgear-user-id), and each of ours.
        local function is_ours(name)
            local plain = name:lower():gsub("[^a-z0-9]", "-")
            return ours[plain] or plain:sub(1, 11) == "x-authgear-"
        end
        """#
}
