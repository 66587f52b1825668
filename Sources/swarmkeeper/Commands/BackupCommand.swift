import ControlPlane
import Foundation
import History

/// Copies the store while the service goes on.
enum BackupCommand: Command {
    static let name = "backup"
    static let summary = "Copy the store of a service, which may be running"
    static let flags = [
        Flag(name: "config", value: "FILE", summary: "configuration (config/swarmkeeper.yaml)"),
        Flag(name: "store", value: "FILE", summary: "the store, instead of the configuration's"),
        Flag(name: "output", value: "FILE", summary: "the copy; must not exist"),
    ]
    static let details = """
        The copy is the store at one moment: all that was answered before the backup began is in
        it. It is one file, it is checked for damage before it gets its name, and it is never
        written over another. To restore it, stop the service, move its store and the files beside
        it (-wal, -shm) away, put the copy in the store's place, and start the service.
        Exits with 0 for a good copy, 1 when there is none, 2 for a wrong command line.
        """

    static func run(_ arguments: Arguments, environment: [String: String]) async -> Int32 {
        do {
            guard arguments.operands.isEmpty else {
                throw ArgumentError(message: "unexpected \(arguments.operands[0])")
            }
            guard let output = arguments["output"], !output.isEmpty else {
                throw ArgumentError(message: "name the copy: --output FILE")
            }
            let store = try storePath(arguments, environment)
            let started = ContinuousClock.now
            let backup = try StoreBackup(of: store, to: output)
            let seconds = (ContinuousClock.now - started) / .seconds(1)
            Console.output(
                "\(output): \(backup.runs) runs, \(backup.loadTests) load tests, "
                    + "\(backup.bytes) bytes, \(String(format: "%.2f", seconds)) s, checked\n")
            return 0
        } catch let error as ArgumentError {
            return refuse(error.message)
        } catch {
            Console.error("swarmkeeper backup: \(error)\n")
            return 1
        }
    }

    private static func storePath(_ arguments: Arguments, _ environment: [String: String])
        throws -> String
    {
        if let path = arguments["store"] { return path }
        let path = arguments["config"] ?? "config/swarmkeeper.yaml"
        return try ConfigurationFile.read(path, environment: environment).storagePath
    }
}
