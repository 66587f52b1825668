import COpenSSL
import Glibc

/// How OpenSSL reads and writes sockets here. Its own way writes without `MSG_NOSIGNAL`, so that a
/// peer that is gone would end the process by a signal.
struct SocketBIO: ~Copyable {
    private let method: OpaquePointer

    init() throws(TLSError) {
        guard let method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "socket without signals") else {
            throw .taken("set up TLS", otherwise: .settings)
        }
        BIO_meth_set_read(method, Self.read)
        BIO_meth_set_write(method, Self.write)
        BIO_meth_set_ctrl(method, Self.control)
        self.method = method
    }

    /// What was made with `make` must be gone before.
    deinit { BIO_meth_free(method) }

    /// - Parameter descriptor: a non-blocking socket that stays the caller's.
    func make(over descriptor: Int32) -> OpaquePointer? {
        guard let bio = BIO_new(method) else { return nil }
        // The number itself is the data, moved by one because a null pointer means none.
        BIO_set_data(bio, UnsafeMutableRawPointer(bitPattern: Int(descriptor) + 1))
        BIO_set_init(bio, 1)
        return bio
    }

    private static func descriptor(of bio: OpaquePointer?) -> Int32 {
        Int32(truncatingIfNeeded: Int(bitPattern: BIO_get_data(bio)) - 1)
    }

    private static let retryFlags = BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY

    private static let read:
        @convention(c) (OpaquePointer?, UnsafeMutablePointer<CChar>?, Int32) -> Int32 = {
            bio, buffer, count in
            BIO_clear_flags(bio, retryFlags)
            let received = recv(descriptor(of: bio), buffer, Int(count), 0)
            if received == 0 { BIO_set_flags(bio, BIO_FLAGS_IN_EOF) }
            if received < 0, errno == EAGAIN || errno == EINTR {
                BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
            }
            return Int32(truncatingIfNeeded: received)
        }

    private static let write:
        @convention(c) (OpaquePointer?, UnsafePointer<CChar>?, Int32) -> Int32 = {
            bio, bytes, count in
            BIO_clear_flags(bio, retryFlags)
            let sent = send(descriptor(of: bio), bytes, Int(count), Int32(MSG_NOSIGNAL))
            if sent < 0, errno == EAGAIN || errno == EINTR {
                BIO_set_flags(bio, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY)
            }
            return Int32(truncatingIfNeeded: sent)
        }

    private static let control:
        @convention(c) (OpaquePointer?, Int32, Int, UnsafeMutableRawPointer?) -> Int = {
            bio, command, _, _ in
            switch command {
            case BIO_CTRL_FLUSH: 1  // Nothing is held back.
            case BIO_CTRL_EOF: BIO_test_flags(bio, BIO_FLAGS_IN_EOF) == 0 ? 0 : 1
            default: 0  // Not known, as to all but a few kinds.
            }
        }
}
