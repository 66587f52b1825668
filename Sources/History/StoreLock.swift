import ControlPlane
import Foundation

/// Keeps a second process from using the same store as its own. Held until it is deallocated or the
/// process ends in any way.
///
/// The lock is one of `flock` on a file beside the store: SQLite's own locks are on the store's
/// file, and last for one transaction.
package final class StoreLock: Sendable {
    private let descriptor: Int32

    /// - Parameter path: the store's file, which need not exist.
    /// - Throws: `ControlPlaneError.store` with kind `locked` when another process has it.
    package init(storePath path: String) throws(ControlPlaneError) {
        // One store has one lock, by whatever links it is named.
        let lock =
            URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false) + ".lock"
        descriptor = Foundation.open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            let file = StoreFile(path: path, isWritten: true, fileSystem: nil)
            throw .store(file.failure(systemCode: errno, of: lock))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let owner = Self.owner(descriptor)
            close(descriptor)
            guard code == EWOULDBLOCK else {
                throw .store(StoreFailure(.ioError, "\(lock): \(String(cString: strerror(code)))"))
            }
            throw .store(
                StoreFailure(.locked, "\(path) is in use by another service\(owner)"))
        }
        Self.sign(descriptor)
    }

    deinit { close(descriptor) }

    /// For people: the lock itself needs no text.
    private static func sign(_ descriptor: Int32) {
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0 else { return }
        _ = pwrite(descriptor, text, text.count, 0)
    }

    private static func owner(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0, let id = Int(String(decoding: bytes[..<count], as: UTF8.self).dropLast())
        else { return "" }
        return " (process \(id))"
    }
}
