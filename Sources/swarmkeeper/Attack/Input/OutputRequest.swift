/// A file that an attack is to write, as `json=FILE`.
struct OutputRequest: Equatable, Sendable {
    enum Format: String, CaseIterable, Sendable {
        /// The result, for programs.
        case json
        /// A row for each second.
        case csv
        /// The latency distribution as HdrHistogram's plotter reads it.
        case hdr
    }

    let format: Format
    /// `-` is standard output.
    let path: String

    init(format: Format, path: String) {
        self.format = format
        self.path = path
    }

    init(_ text: String) throws(ArgumentError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let format = Format(rawValue: String(parts[0])), !parts[1].isEmpty
        else {
            let formats = Format.allCases.map { "\($0.rawValue)=FILE" }.joined(separator: ", ")
            throw ArgumentError(message: "--output must be one of \(formats), not \(text)")
        }
        self.init(format: format, path: String(parts[1]))
    }

    var isStandardOutput: Bool { path == "-" }
}
