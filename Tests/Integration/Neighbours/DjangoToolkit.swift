import Fixtures
import Foundation

/// PyPI's django-oauth-toolkit, an authorization server that others wrote: a site that has nothing else, with a database of its own.
/// It knows the client `machine`, who has tokens for itself, the client `login`, who has them for users by their passwords, and the
/// user `anna`.
final class DjangoToolkit: Sendable {
    static let secret = "a-secret"

    let address: Address
    private let process: ChildProcess

    /// Where it is asked about tokens.
    var introspection: String { "http://\(address)/o/introspect/" }

    init() throws {
        guard let executable = Program.djangoPython else {
            throw WireError.failed("finding django-oauth-toolkit", ENOENT)
        }
        let directory = try Scratch.directory()
        let port = try FreePort.take()
        address = .ipv4(port)
        try Scratch.write(Self.site, to: "\(directory)/site_of_a_test.py")
        process = try ChildProcess(
            executable, ["\(directory)/site_of_a_test.py", directory, "\(port)", Self.secret], in: directory)
        _ = try eventually("django-oauth-toolkit to listen; it wrote:\n\(process.output)") { [address, process] in
            guard process.status() == nil else { throw GaveUp.ended(process) }
            return try Socket.connect(to: address)
        }
    }

    deinit { process.kill() }

    /// A token that a client has for itself.
    func clientToken(scope: String = "read") throws -> String {
        try token("grant_type=client_credentials&scope=\(scope)", client: "machine")
    }

    /// A token that a client has for the user, by her password.
    func userToken(scope: String = "read") throws -> String {
        try token("grant_type=password&username=anna&password=hunter22&scope=\(scope)", client: "login")
    }

    func revoke(_ token: String, of client: String) throws {
        let answer = try ask("/o/revoke_token/", "token=\(token)", client: client)
        guard answer.status == 200 else { throw WireError.malformed("\(answer)") }
    }

    private func token(_ form: String, client: String) throws -> String {
        let answer = try ask("/o/token/", form, client: client)
        let members = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
        guard let token = members?["access_token"] as? String else { throw WireError.malformed("\(answer)") }
        return token
    }

    private func ask(_ path: String, _ form: String, client: String) throws -> Response {
        let credentials = Data("\(client):\(Self.secret)".utf8).base64EncodedString()
        return try HTTPConnection.post(address, path, form, ["Authorization: Basic \(credentials)"])
    }

    private static let site = #"""
        import sys
        from socketserver import ThreadingMixIn
        from wsgiref.simple_server import WSGIServer, make_server

        import django
        from django.conf import settings

        folder, port, secret = sys.argv[1:]
        settings.configure(
            SECRET_KEY="of-a-test",
            ALLOWED_HOSTS=["127.0.0.1", "test"],
            ROOT_URLCONF=__name__,
            USE_TZ=True,
            INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider"],
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder + "/database"}},
            # What makes guessing secrets dear would make each test wait.
            PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
            MIGRATION_MODULES={"auth": None, "contenttypes": None, "oauth2_provider": None},
            OAUTH2_PROVIDER={"SCOPES": {"read": "read", "write": "write"}},
        )
        django.setup()

        from django.contrib.auth.models import User
        from django.core.management import call_command
        from django.core.wsgi import get_wsgi_application
        from django.urls import include, path
        from oauth2_provider.models import Application

        urlpatterns = [path("o/", include("oauth2_provider.urls", namespace="oauth2_provider"))]
        call_command("migrate", run_syncdb=True, verbosity=0)
        User.objects.create_user("anna", password="hunter22")
        for client, grant in [("machine", "client-credentials"), ("login", "password")]:
            Application.objects.create(
                name=client, client_id=client, client_secret=secret, client_type="confidential",
                authorization_grant_type=grant)


        class Server(ThreadingMixIn, WSGIServer):
            daemon_threads = True


        make_server("127.0.0.1", int(port), get_wsgi_application(), server_class=Server).serve_forever()

        """#
}
