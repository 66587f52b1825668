import Foundation

/// A file that is there whole or not at all: written beside its place and moved there at the end.
/// A device or a pipe is written to as it is.
final class OutputFile {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let path: String
    /// Nil where there is nothing to be moved.
    private let temporaryPath: String?
    private let descriptor: Int32
    private var failure: Failure?

    init(_ path: String) throws(Failure) {
        var status = stat()
        let exists = stat(path, &status) == 0
        let kind = exists ? status.st_mode & S_IFMT : S_IFREG
        guard kind != S_IFDIR else { throw Failure(description: "\(path): is a directory") }
        if kind == S_IFREG {
            // Of a link that which it points to is replaced, not the link.
            self.path =
                exists
                ? URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false) : path
            let url = URL(filePath: self.path)
            let name = ".\(url.lastPathComponent).\(getpid()).tmp"
            temporaryPath = url.deletingLastPathComponent().appending(path: name).path(
                percentEncoded: false)
            if exists, access(path, W_OK) != 0 { throw Self.failure(path, errno) }
        } else {
            self.path = path
            temporaryPath = nil
        }
        let opened = open(temporaryPath ?? path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard opened >= 0 else { throw Self.failure(path, errno) }
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// Whether it could be written, told before there is anything to write.
    static func check(_ path: String) throws(Failure) {
        var status = stat()
        // To open a pipe waits for its reader, and may end what reads from it.
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFIFO { return }
        try OutputFile(path).discard()
    }

    /// Whether what is written takes the place of what was written before, and is not added to it.
    static func isReplaced(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
    }

    /// Takes away what is there, and of a link that which it points to; a device or a pipe stays.
    static func remove(_ path: String) throws(Failure) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        let file = URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
        guard unlink(file) == 0 || errno == ENOENT else { throw failure(path, errno) }
    }

    private static func failure(_ path: String, _ code: Int32) -> Failure {
        Failure(description: "\(path): cannot be written: \(String(cString: strerror(code)))")
    }

    /// A failure is told by `finish`, as there is nothing else to be done about it before.
    func write(_ text: String) {
        guard failure == nil else { return }
        do throws(Descriptor.Failure) {
            try Descriptor.write(text, to: descriptor)
        } catch {
            failure = Failure(description: "\(path): cannot be written: \(error.reason)")
        }
    }

    /// Puts what was written in its place.
    func finish() throws(Failure) {
        if let failure {
            discard()
            throw failure
        }
        guard let temporaryPath else { return }
        guard rename(temporaryPath, path) == 0 else {
            let failure = Self.failure(path, errno)
            discard()
            throw failure
        }
    }

    /// Leaves nothing behind.
    func discard() {
        if let temporaryPath { unlink(temporaryPath) }
    }
}
