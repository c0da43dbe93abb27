/// Why a file of records can't be used, and where.
package struct RecordFileError: Error, CustomStringConvertible {
    package let description: String
}
