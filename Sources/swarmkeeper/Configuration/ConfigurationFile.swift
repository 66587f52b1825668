import Foundation

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
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw .unreadable("\(path): cannot be read: \(error.localizedDescription)")
        }
        do {
            return try ConfigurationReader.read(
                [UInt8](data), file: path, environment: environment)
        } catch {
            throw .wrong(error)
        }
    }
}
