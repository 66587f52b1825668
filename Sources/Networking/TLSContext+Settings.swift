import COpenSSL

extension OpaquePointer {
    /// Applies `settings` to this `SSL_CTX`.
    func apply(_ settings: TLSSettings) throws(TLSError) {
        // Servers that just close are common, and where a body ends HTTP says by itself.
        swarmkeeper_ssl_ctx_set_client_options(self)
        applyBuffering(releasesBuffers: settings.releasesBuffers)
        forbidQuestions()
        try applyVersions(settings)
        try applyTrust(settings.trust)
        if let certificate = settings.clientCertificate { try applyCertificate(certificate) }
        try applyProtocols(settings.applicationProtocols)
    }

    func applyBuffering(releasesBuffers: Bool) {
        // One system call per record instead of two: 6 % of a small request's CPU.
        SSL_CTX_ctrl(self, SSL_CTRL_SET_READ_AHEAD, 1, nil)
        var mode = SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
        if releasesBuffers { mode |= SSL_MODE_RELEASE_BUFFERS }
        SSL_CTX_ctrl(self, SSL_CTRL_MODE, Int(mode), nil)
    }

    /// Without this OpenSSL asks for pass phrases on the terminal.
    func forbidQuestions() {
        SSL_CTX_set_default_passwd_cb(self) { _, _, _, _ in -1 }
    }

    private func applyVersions(_ settings: TLSSettings) throws(TLSError) {
        let bounds = [
            (SSL_CTRL_SET_MIN_PROTO_VERSION, settings.versionMin),
            (SSL_CTRL_SET_MAX_PROTO_VERSION, settings.versionMax),
        ]
        for (command, version) in bounds {
            guard SSL_CTX_ctrl(self, command, version.number, nil) == 1 else {
                throw .taken("set TLS version", otherwise: .settings)
            }
        }
    }

    private func applyTrust(_ trust: TLSSettings.Trust) throws(TLSError) {
        switch trust {
        case .everybody:
            SSL_CTX_set_verify(self, SSL_VERIFY_NONE, nil)
            return
        case .system:
            guard SSL_CTX_set_default_verify_paths(self) == 1 else {
                throw .taken("load the system's certificate authorities", otherwise: .settings)
            }
        case .authorities(let file):
            guard SSL_CTX_load_verify_file(self, file) == 1 else {
                throw .taken("load certificate authorities \(file)", otherwise: .settings)
            }
        }
        SSL_CTX_set_verify(self, SSL_VERIFY_PEER, nil)
    }

    private func applyCertificate(
        _ certificate: TLSSettings.ClientCertificate
    ) throws(TLSError) {
        let (file, key) = (certificate.certificateFile, certificate.keyFile)
        guard SSL_CTX_use_certificate_chain_file(self, file) == 1 else {
            throw .taken("load certificate \(file)", otherwise: .settings)
        }
        guard SSL_CTX_use_PrivateKey_file(self, key, SSL_FILETYPE_PEM) == 1,
            SSL_CTX_check_private_key(self) == 1
        else { throw .taken("load key \(key)", otherwise: .settings) }
    }

    private func applyProtocols(_ protocols: [String]) throws(TLSError) {
        guard !protocols.isEmpty else { return }
        var list: [UInt8] = []
        for name in protocols {
            guard let count = UInt8(exactly: name.utf8.count), count > 0 else {
                throw TLSError(
                    cause: .settings, operation: "offer protocol \(name)",
                    reason: "a name has 1 to 255 bytes")
            }
            list.append(count)
            list.append(contentsOf: name.utf8)
        }
        // Unlike the others it returns zero for success.
        guard SSL_CTX_set_alpn_protos(self, list, UInt32(list.count)) == 0 else {
            throw .taken("offer protocols", otherwise: .settings)
        }
    }
}

extension TLSVersion {
    var number: Int {
        switch self {
        case .tls12: Int(TLS1_2_VERSION)
        case .tls13: Int(TLS1_3_VERSION)
        }
    }
}
