import COpenSSL

extension TLSStream {
    /// Longest subject that is told, in bytes: names as people and their programs have them fit.
    static let subjectBytesMax = 1_024

    /// Whom the peer's certificate is made for, as in `CN=ci,O=Example` (RFC 2253); nil when it has
    /// shown none. Control characters and everything beyond ASCII are escaped.
    package var peerSubject: String? {
        guard let certificate = SSL_get0_peer_certificate(tls),
            let output = BIO_new(BIO_s_mem())
        else { return nil }
        defer { BIO_free(output) }
        guard swarmkeeper_x509_print_subject(output, certificate) >= 0 else {
            ERR_clear_error()
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: Self.subjectBytesMax)
        let count = max(0, Int(BIO_read(output, &bytes, Int32(bytes.count))))
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
