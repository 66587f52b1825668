import Crypto
import YAML

/// A configuration file, from the disk.
enum ConfigurationFile {
    enum Failure: Error, CustomStringConvertible {
        case unreadable(String)
        case wrong(ConfigurationError)

        var description: String {
            switch self {
            case .unreadable(let cause): cause
            case .wrong(let error): error.lines.joined(separator: "\n")
            }
        }
    }

    static func read(_ path: String, environment: [String: String]) throws(Failure)
        -> Configuration
    {
        let bytes: [UInt8]
        do throws(Descriptor.Failure) {
            // That it is larger than a document may be, the reader tells.
            bytes = try Descriptor.read(path, upTo: YAML.documentBytesMax + 1)
        } catch {
            throw .unreadable("\(path): cannot be read: \(error.reason)")
        }
        do {
            var configuration = try ConfigurationReader.read(
                bytes, file: path, environment: environment)
            configuration.fileHash = Bytes.hex(SHA256.hash(of: bytes))
            return configuration
        } catch {
            throw .wrong(error)
        }
    }
}
