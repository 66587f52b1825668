import Glibc

/// A file with one secret in it, as Docker, Kubernetes and systemd mount them.
struct SecretFile: Equatable {
    struct Failure: Error, Equatable {
        /// With the file's name.
        let message: String
    }

    /// A token, a key or a password; a larger file is not one of those.
    static let bytesMax = 16_384

    /// Without the line end that editors and `echo` put at the end.
    let text: String
    /// What is wrong with who may read it; nil when nothing is.
    let warning: String?

    /// - Parameter path: absolute, because the folder that a service is started in is an accident.
    init(_ path: String) throws(Failure) {
        guard path.hasPrefix("/") else {
            throw Failure(message: "the file \(path) must be named by its whole path")
        }
        // A pipe without a writer would keep the service from starting.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.failure(path, Descriptor.Failure(errno)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw Self.failure(path, Descriptor.Failure(errno))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(message: "the file \(path) is not a plain file")
        }
        let bytes: [UInt8]
        do throws(Descriptor.Failure) {
            bytes = try Descriptor.read(descriptor, upTo: Self.bytesMax + 1)
        } catch {
            throw Self.failure(path, error)
        }
        guard bytes.count <= Self.bytesMax else {
            throw Failure(
                message: "the file \(path) is larger than the \(Self.bytesMax) bytes of a secret")
        }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw Failure(message: "the file \(path) is not text in UTF-8")
        }
        self.text = Self.withoutLineEnd(text)
        let mode = status.st_mode & 0o777
        warning =
            mode & 0o004 == 0
            ? nil
            : "the file \(path) can be read by everybody (mode 0\(String(mode, radix: 8))); "
                + "chmod 600 it"
    }

    private static func failure(_ path: String, _ cause: Descriptor.Failure) -> Failure {
        Failure(message: "the file \(path) cannot be read: \(cause.reason)")
    }

    private static func withoutLineEnd(_ text: String) -> String {
        var bytes = Array(text.utf8)
        if bytes.last == UInt8(ascii: "\n") {
            bytes.removeLast()
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
