/// Which program this is, and what built it: for `--version` and for the metric `build_info`.
package enum Version {
    package static let program = "0.1.0"
    #if compiler(>=6.4)
        package static let swift = "6.4"
    #elseif compiler(>=6.3)
        package static let swift = "6.3"
    #else
        package static let swift = "6.2"
    #endif
}
