import Foundation
import Synchronization

/// What a child writes, in a file without a name: a `FileHandle` that watches a pipe now and then
/// crashes the whole test process where many children end at once.
final class OutputLog: Sendable {
    /// For the child.
    let writing: FileHandle
    private let reading: FileHandle
    private let taken = Mutex(Data())

    init() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).log")
        let descriptor = open(file.path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        writing = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        reading = try FileHandle(forReadingFrom: file)
        try FileManager.default.removeItem(at: file)
    }

    /// All of it so far.
    var text: String {
        taken.withLock { taken in
            // Nothing new is the worst that a file of ours can have.
            if let more = try? reading.readToEnd() { taken += more }
            return String(decoding: taken, as: UTF8.self)
        }
    }
}
