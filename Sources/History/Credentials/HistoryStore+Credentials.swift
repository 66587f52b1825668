import ControlPlane
import Crypto
import Foundation
import JSON
import SQLite

extension HistoryStore: CredentialStore {
    package func setCredentials(
        _ credentials: ClusterCredentials, of cluster: Cluster, by actor: String, at now: Date
    ) throws(ControlPlaneError) -> Int {
        guard let key = encryptionKeys.current else { throw .noEncryptionKey }
        let content = try Coding.bytes(credentials)
        return try changeCredentials(of: cluster, to: credentials, at: now) { connection in
            try connection.run(
                """
                REPLACE INTO cluster_credentials (cluster_id, key_id, sealed, set_at, set_by)
                VALUES (?, ?, ?, ?, ?)
                """,
                [
                    .text(cluster.id), .text(key.id),
                    .blob(key.seal(content, for: Self.place(of: cluster.id))),
                    Coding.milliseconds(now), .text(actor),
                ])
        }
    }

    package func deleteCredentials(of cluster: Cluster, at now: Date) throws(ControlPlaneError)
        -> Int
    {
        try changeCredentials(of: cluster, to: nil, at: now) { connection in
            try connection.run(
                "DELETE FROM cluster_credentials WHERE cluster_id = ?", [.text(cluster.id)])
        }
    }

    package nonisolated func credentials() async throws(ControlPlaneError)
        -> [String: StoredCredentials]
    {
        let keys = encryptionKeys
        return try await read { connection in
            let rows = try connection.query(
                "SELECT cluster_id, key_id, sealed, set_at, set_by FROM cluster_credentials"
            ) { row in
                let id = try row.text(0)
                let content = keys.key(try row.text(1))?
                    .open(try row.blob(2), for: Self.place(of: id))
                return (
                    id,
                    StoredCredentials(
                        try content.map { try Coding.credentials($0) },
                        at: Coding.date(try row.int(3)), by: try row.text(4))
                )
            }
            return Dictionary(rows) { $1 }
        }
    }

    /// Seals anew with the current key what an earlier one has sealed. To be called at the start.
    ///
    /// - Returns: the clusters whose credentials no key opens; those stay as they are.
    package func renewCredentials(at now: Date) throws(ControlPlaneError) -> [String] {
        try transact { connection in
            let rows = try connection.query(
                "SELECT cluster_id, key_id, sealed FROM cluster_credentials ORDER BY cluster_id"
            ) { (id: try $0.text(0), key: try $0.text(1), sealed: try $0.blob(2)) }
            var unopened: [String] = []
            for row in rows {
                let place = Self.place(of: row.id)
                guard let content = encryptionKeys.key(row.key)?.open(row.sealed, for: place)
                else {
                    unopened.append(row.id)
                    continue
                }
                guard let key = encryptionKeys.current, key.id != row.key else { continue }
                try connection.run(
                    "UPDATE cluster_credentials SET key_id = ?, sealed = ? WHERE cluster_id = ?",
                    [.text(key.id), .blob(key.seal(content, for: place)), .text(row.id)])
                try record(
                    AuditChange(
                        "cluster.rekeyCredentials", of: AuditSubject("cluster", row.id),
                        before: .object(["keyId": .string(row.key)]),
                        after: .object(["keyId": .string(key.id)]), at: now), connection)
            }
            return unopened
        }
    }
}

extension HistoryStore {
    /// Sealed values belong to one row of one table.
    private static func place(of cluster: String) -> String { "cluster_credentials/\(cluster)" }

    private func changeCredentials(
        of cluster: Cluster, to new: ClusterCredentials?, at now: Date,
        _ change: (Connection) throws -> Void
    ) throws(ControlPlaneError) -> Int {
        try transact { connection in
            let old = try connection.first(
                "SELECT key_id, set_by FROM cluster_credentials WHERE cluster_id = ?",
                [.text(cluster.id)]
            ) { ["keyId": JSONValue.string(try $0.text(0)), "setBy": .string(try $0.text(1))] }
            try change(connection)
            let tenants = Set(cluster.serves.map(\.tenantID))
            try record(
                AuditChange(
                    new == nil ? "cluster.deleteCredentials" : "cluster.setCredentials",
                    of: AuditSubject(
                        "cluster", cluster.id, tenant: tenants.count == 1 ? tenants.first : nil),
                    before: old.map { .object($0) }, after: new.map { audited($0) }, at: now),
                connection)
        }
        // In the order of the transactions, because this actor is the one writer.
        credentialChanges += 1
        return credentialChanges
    }

    /// Which kind they are and what sealed them; a name or a password is not shown.
    private func audited(_ credentials: ClusterCredentials) -> JSONValue {
        let kind =
            switch credentials {
            case .token: "token"
            case .password: "password"
            }
        return .object([
            "kind": .string(kind), "keyId": .string(encryptionKeys.current?.id ?? ""),
        ])
    }
}

extension Coding {
    fileprivate static func bytes(_ credentials: ClusterCredentials) throws(ControlPlaneError)
        -> [UInt8]
    {
        guard case .text(let text) = try json(credentials) else { return [] }
        return Array(text.utf8)
    }

    fileprivate static func credentials(_ bytes: [UInt8]) throws(ControlPlaneError)
        -> ClusterCredentials
    {
        try decode(ClusterCredentials.self, String(decoding: bytes, as: UTF8.self))
    }
}
