local typedefs = require "kong.db.schema.typedefs"

return {
    name = "authgear",
    fields = {
        { consumer = typedefs.no_consumer },
        { protocols = typedefs.protocols_http },
        { config = {
            type = "record",
            fields = {
                -- resolve: strangers pass, without a name. require: they are turned away. clear: nobody is asked.
                { mode = { type = "string", default = "resolve", one_of = { "resolve", "require", "clear" } } },
                -- An access policy of the resolver's that judges, too.
                { policy = { type = "string", match = "^[a-z0-9_-]+$" } },
                { host = { type = "string", default = "127.0.0.1" } },
                { port = typedefs.port { default = 4180 } },
                -- In milliseconds.
                { timeout = { type = "integer", default = 5000, between = { 1, 7000 } } },
                { pool = { type = "integer", default = 256, between = { 1, 65536 } } },
            },
        } },
    },
}
