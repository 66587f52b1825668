import Foundation

enum TextFile {
    /// The lines of a file; none if it cannot be read, such as one that is not there yet.
    static func lines(of path: String) -> [String] {
        // Whoever asks for a line says what its absence means.
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
