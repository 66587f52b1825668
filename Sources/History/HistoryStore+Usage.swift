import ControlPlane
import Foundation
import SQLite

/// What limits are held against, read and written inside the transactions that use it.
extension HistoryStore {
    /// A calendar that is set back by less finds what it had counted.
    static let runDaysKept = 7

    /// What is in use on this cluster and under these ceilings.
    static func usage(
        of cluster: String, within ceilings: [Ceiling], at now: Date, _ connection: Connection
    ) throws -> Usage {
        let isWide = ceilings.contains { ceiling in
            if case .target = ceiling.owner { true } else { false }
        }
        let tenant = ceilings.lazy.compactMap(\.tenantID).first
        var usage = Usage(at: now)
        if isWide {
            usage.live = try shares(where: nil, [], withHosts: true, connection)
        } else {
            usage.live = try shares(
                where: "cluster_id = ?", [.text(cluster)], withHosts: false, connection)
        }
        guard let tenant else { return usage }
        if !isWide {
            let own = try shares(
                where: "tenant_id = ?", [.text(tenant)], withHosts: false, connection)
            usage.live += own.filter { $0.clusterID != cluster }
        }
        usage.today = try runs(of: tenant, on: now, connection)
        return usage
    }

    /// What each live run counts for, oldest first.
    ///
    /// - Parameter withHosts: which only limits of targets ask for.
    static func shares(
        where condition: String?, _ values: [Value], withHosts: Bool, _ connection: Connection
    ) throws -> [Usage.Share] {
        let clause = condition.map { "\($0) AND " } ?? ""
        var hosts: [String: [TargetHost]] = [:]
        if withHosts {
            // A cross join, in SQLite's words, begins with the first table: few runs are live.
            _ = try connection.query(
                """
                SELECT run_id, host, port FROM runs CROSS JOIN run_hosts ON run_id = id
                WHERE \(clause)\(isLive)
                """, values
            ) { row in
                let host = TargetHost(host: try row.text(1), port: Int(try row.int(2)))
                hosts[try row.text(0), default: []].append(host)
            }
        }
        return try connection.query(
            """
            SELECT id, tenant_id, env_id, cluster_id, target_users, requests_per_second FROM runs
            WHERE \(clause)\(isLive) ORDER BY created_at, id
            """, values
        ) { row in
            let id = try row.text(0)
            return Usage.Share(
                run: RunID(id),
                environment: EnvironmentKey(tenantID: try row.text(1), envID: try row.text(2)),
                clusterID: try row.text(3), users: Int(try row.int(4)),
                requestsPerSecond: try row.double(5), hosts: hosts[id] ?? [])
        }
    }

    /// Runs of a tenant that have begun on this day, by environment.
    private static func runs(of tenant: String, on date: Date, _ connection: Connection) throws
        -> [EnvironmentKey: Int]
    {
        let counts = try connection.query(
            "SELECT env_id, runs FROM daily_runs WHERE day = ? AND tenant_id = ?",
            [.int(Int64(RunDay.number(of: date))), .text(tenant)]
        ) { (EnvironmentKey(tenantID: tenant, envID: try $0.text(0)), Int(try $0.int(1))) }
        return Dictionary(uniqueKeysWithValues: counts)
    }

    /// Counts a run that begins for its day. The counts are a table of their own, because runs of
    /// today may be deleted today.
    static func countForDay(_ run: Run, at now: Date, _ connection: Connection) throws {
        let day = RunDay.number(of: now)
        _ = try connection.run(
            "DELETE FROM daily_runs WHERE day < ?", [.int(Int64(day - runDaysKept))])
        _ = try connection.run(
            """
            INSERT INTO daily_runs (day, tenant_id, env_id, runs) VALUES (?, ?, ?, 1)
            ON CONFLICT (day, tenant_id, env_id) DO UPDATE SET runs = runs + 1
            """,
            [.int(Int64(day)), .text(run.spec.tenantId), .text(run.spec.envId)])
    }

    static func insertHosts(of run: Run, _ connection: Connection) throws {
        for host in run.plan.reach?.hosts ?? [] {
            _ = try connection.run(
                "INSERT OR IGNORE INTO run_hosts (run_id, host, port) VALUES (?, ?, ?)",
                [.text(run.id.text), .text(host.host), .int(Int64(host.port))])
        }
    }
}
