import Glibc

/// A file that an attack reads; `-` is standard input.
enum TextFile {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static func name(of path: String) -> String { path == "-" ? "standard input" : path }

    /// - Parameter bytesMax: larger ones are refused before they fill the memory.
    static func read(_ path: String, bytesMax: Int) throws(Failure) -> [UInt8] {
        let bytes = try beginning(of: path, byteCount: bytesMax + 1)
        guard bytes.count <= bytesMax else {
            throw Failure(description: "\(name(of: path)): is larger than \(bytesMax) bytes")
        }
        return bytes
    }

    /// At most `byteCount` bytes.
    static func beginning(of path: String, byteCount: Int) throws(Failure) -> [UInt8] {
        do throws(Descriptor.Failure) {
            return path == "-"
                ? try Descriptor.read(STDIN_FILENO, upTo: byteCount)
                : try Descriptor.read(path, upTo: byteCount)
        } catch {
            throw Failure(description: "\(name(of: path)): cannot be read: \(error.reason)")
        }
    }
}
