import COpenSSL

extension OpaquePointer {
    /// With TLS 1.2 keys are agreed on for each connection anew, so that who gets the server's key
    /// reads nothing recorded before, and ciphers authenticate what they encrypt. TLS 1.3 has no
    /// others.
    private static let ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20"
    /// Separates sessions from those of other programs with the same certificate; sessions of
    /// clients with certificates cannot be continued without it.
    private static let sessionContext = Array("swarmkeeper".utf8)

    /// Applies `settings` to this `SSL_CTX`, as far as they can be used.
    ///
    /// - Returns: what cannot.
    func apply(_ settings: TLSServerSettings) -> [TLSServerContext.Failure] {
        swarmkeeper_ssl_ctx_set_server_options(self)
        // Places are many and clients mostly silent: 30 KiB for each are not kept meanwhile.
        applyBuffering(releasesBuffers: true)
        forbidQuestions()
        // Sessions are continued by tickets, which clients keep: nothing piles up here.
        SSL_CTX_ctrl(self, SSL_CTRL_SET_SESS_CACHE_MODE, Int(SSL_SESS_CACHE_OFF), nil)
        SSL_CTX_ctrl(
            self, SSL_CTRL_SET_MAX_CERT_LIST, TLSServerSettings.certificateBytesMax, nil)
        choose()
        let name = Self.sessionContext
        let failures = [
            failure(.openSSL, "set up TLS") {
                SSL_CTX_set_session_id_context(self, name, UInt32(name.count)) == 1
                    && SSL_CTX_set_cipher_list(self, Self.ciphers) == 1
                    && SSL_CTX_ctrl(
                        self, SSL_CTRL_SET_MIN_PROTO_VERSION, settings.versionMin.number, nil) == 1
            }
        ]
        return (failures + identityFailures(settings) + [settings.clients.flatMap(failure(of:))])
            .compactMap(\.self)
    }

    /// The key comes first: a certificate that does not belong to a key drops it without a word,
    /// while a key that does not belong to a certificate fails as one that cannot be read.
    private func identityFailures(
        _ settings: TLSServerSettings
    ) -> [TLSServerContext.Failure?] {
        let (file, key) = (settings.certificateFile, settings.keyFile)
        let failures = [
            failure(.key, "load key \(key)") {
                SSL_CTX_use_PrivateKey_file(self, key, SSL_FILETYPE_PEM) == 1
            },
            failure(.certificate, "load certificate \(file)") {
                SSL_CTX_use_certificate_chain_file(self, file) == 1
            },
        ]
        guard failures.allSatisfy({ $0 == nil }), SSL_CTX_check_private_key(self) != 1 else {
            return failures
        }
        ERR_clear_error()
        let error = TLSError(
            cause: .settings, operation: "load key \(key)",
            reason: "it is not the key of certificate \(file)")
        return [.init(part: .pair, error: error)]
    }

    private func failure(
        of clients: TLSServerSettings.Clients
    ) -> TLSServerContext.Failure? {
        let isRequired = clients.certificates == .required
        SSL_CTX_set_verify(
            self,
            isRequired
                ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT : SSL_VERIFY_PEER, nil)
        let file = clients.authorityFile
        return failure(.clientAuthority, "load certificate authorities \(file)") {
            guard SSL_CTX_load_verify_file(self, file) == 1,
                let names = SSL_load_client_CA_file(file)
            else { return false }
            // So that a client with several certificates knows which one is wanted.
            SSL_CTX_set_client_CA_list(self, names)
            return true
        }
    }

    /// Only HTTP/1.1 is spoken inside. A client that wants another protocol is told so, instead of
    /// being answered in one that it does not understand (RFC 7301, section 3.2).
    private func choose() {
        SSL_CTX_set_alpn_select_cb(
            self,
            { _, chosen, chosenCount, offered, offeredCount, _ in
                var rest = UnsafeBufferPointer(start: offered, count: Int(offeredCount))[...]
                while let count = rest.popFirst().map(Int.init), rest.count >= count {
                    let name = rest.prefix(count)
                    if name.elementsEqual("http/1.1".utf8) {
                        chosen?.pointee = UnsafeBufferPointer(rebasing: name).baseAddress
                        chosenCount?.pointee = UInt8(count)
                        return SSL_TLSEXT_ERR_OK
                    }
                    rest = rest.dropFirst(count)
                }
                return SSL_TLSEXT_ERR_ALERT_FATAL
            }, nil)
    }

    private func failure(
        _ part: TLSServerContext.Failure.Part, _ operation: String, unless works: () -> Bool
    ) -> TLSServerContext.Failure? {
        ERR_clear_error()
        if works() { return nil }
        return .init(part: part, error: .taken(operation, otherwise: .settings))
    }
}
