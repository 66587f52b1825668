import Foundation

/// A file that an attack reads; `-` is standard input.
enum TextFile {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static func name(of path: String) -> String { path == "-" ? "standard input" : path }

    /// - Parameter bytesMax: larger ones are refused before they fill the memory.
    static func read(_ path: String, bytesMax: Int) throws(Failure) -> [UInt8] {
        let data: Data?
        do {
            let handle =
                try path == "-"
                ? FileHandle.standardInput : FileHandle(forReadingFrom: URL(filePath: path))
            data = try handle.read(upToCount: bytesMax + 1)
        } catch {
            throw Failure(
                description: "\(name(of: path)): cannot be read: \(error.localizedDescription)")
        }
        let bytes = data.map { [UInt8]($0) } ?? []
        guard bytes.count <= bytesMax else {
            throw Failure(description: "\(name(of: path)): is larger than \(bytesMax) bytes")
        }
        return bytes
    }
}
