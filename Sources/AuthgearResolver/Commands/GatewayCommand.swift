import ArgumentParser
import Glibc

/// `gateway`: the files that a gateway needs for a configuration.
struct GatewayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Print the files that a gateway needs to ask this resolver.",
        discussion: """
            They set, or clear, each header that only the resolver may write, those of the configuration included: a name that \
            nobody clears is one that a client can set. Print them anew when issuers' headers change. Each file stands after a \
            line "==> NAME <==".
            """)

    @Argument(help: "Which gateway.")
    var gateway: GatewayFiles.Gateway

    @OptionGroup var file: ConfigurationOption

    @Option(
        help: ArgumentHelp("Write the files to this folder, which has to be there, instead.", valueName: "folder"))
    var output: String?

    func validate() throws {
        guard output != "" else { throw ValidationError("--output: the folder has no name; \".\" is this one") }
    }

    func run() throws {
        let configuration = try file.read()
        let includes: [NginxFiles.Include]
        do throws(GatewayFiles.Unsuitable) {
            includes = try GatewayFiles(gateway, configuration, in: GatewayPlace(folder: output)).all
        } catch {
            File.complain("\(error)")
            throw ExitCode(1)
        }
        guard let output else {
            let text = includes.map { "==> \($0.name) <==\n\($0.text)" }.joined(separator: "\n")
            return File.write(Array(text.utf8), to: STDOUT_FILENO)
        }
        for include in includes {
            // Plug-ins have folders of their own.
            for (offset, character) in zip(include.name.indices, include.name) where character == "/" {
                unsafe mkdir("\(output)/\(include.name[..<offset])", 0o755)
            }
            do throws(FileError) {
                try FileReplacement.write(Array(include.text.utf8), to: "\(output)/\(include.name)")
            } catch {
                File.complain("\(output)/\(include.name) can't be written: \(error)")
                throw ExitCode(1)
            }
        }
    }
}

extension GatewayFiles.Gateway: ExpressibleByArgument {}
