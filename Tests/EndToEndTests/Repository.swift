import Foundation

/// Where things are.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The program: another build where `SWARMKEEPER_PROGRAM` says so, else the one that was built
    /// beside the tests.
    static var program: URL {
        get throws {
            if let path = ProcessInfo.processInfo.environment["SWARMKEEPER_PROGRAM"] {
                return URL(filePath: path)
            }
            var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
            while folder.path.count > 1 {
                let file = folder.appending(path: "swarmkeeper")
                if FileManager.default.isExecutableFile(atPath: file.path),
                    !file.hasDirectoryPath
                {
                    return file
                }
                folder.deleteLastPathComponent()
            }
            throw HarnessError("the program swarmkeeper is not built")
        }
    }

    static let locustfile = root.appending(path: "locust/locustfile.py").path
}

struct HarnessError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
