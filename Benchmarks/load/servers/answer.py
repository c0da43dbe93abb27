"""The answer that every server gives to a valid credential: the same eight headers, of the same lengths."""

HEADERS = {
    "x-authgear-session-valid": "true",
    "x-authgear-user-id": "e3079029-f123-4c56-80c0-a2b3c4d5e6f7",
    "x-authgear-user-anonymous": "false",
    "x-authgear-user-verified": "true",
    "x-authgear-user-can-reauthenticate": "true",
    "x-authgear-user-roles": "stock.view,stock.edit",
    "x-authgear-session-amr": "pwd,mfa",
    "x-authgear-session-authenticated-at": "1795237200",
}
