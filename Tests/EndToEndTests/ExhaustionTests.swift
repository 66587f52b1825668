import Foundation
import JSON
import TestSupport
import Testing

/// The program at the ends of what its machine gives: it says that it was the limit, counts each
/// connection that was not to be had, and goes on with those that were.
@Suite(.timeLimit(.minutes(5)))
struct ExhaustionTests {
    /// What an attack reported, and what it told.
    private struct Outcome {
        let report: JSONValue
        let told: String

        func count(_ names: String...) -> Int? {
            names.reduce(report) { $0?[$1] }?.integer
        }

        /// The only failures, with their kind and example.
        var failures: (kind: String?, count: Int?, example: String?) {
            guard let errors = report["errors"]?.items, errors.count == 1 else {
                return (nil, nil, nil)
            }
            return (
                errors[0]["kind"]?.text, errors[0]["count"]?.integer, errors[0]["example"]?.text
            )
        }
    }

    /// Runs a script of the shell, whose `$0` is the program, `$1` a folder and `$2` an argument.
    /// It is to write its report to `report.json`.
    private static func attack(_ script: String, _ argument: String = "") async throws -> Outcome {
        let folder = try TemporaryFolder()
        let id = try spawn(
            ["sh", "-c", script, try Repository.program.path, folder.path(""), argument],
            output: folder.path("told"))
        let status = try await exitStatus(of: id)
        let told = try String(contentsOfFile: folder.path("told"), encoding: .utf8)
        try #require(status == 0, "\(told)")
        let report = try String(contentsOfFile: folder.path("report.json"), encoding: .utf8)
        return Outcome(report: try #require(JSONValue(report)), told: told)
    }

    @Test func `users beyond the limit of descriptors are counted, the others go on`()
        async throws
    {
        try await withTarget { target in
            // Other tests' descriptors are inherited, so the limit is above them; as many users as
            // it are too many in any case.
            let outcome = try await Self.attack(
                """
                limit=$(($(ls /proc/$$/fd | sort -n | tail -n 1) + 40))
                ulimit -n $limit && exec "$0" attack "$2" -c $limit -d 1s \
                    --output "json=$1/report.json"
                """, target.url)
            let exhausted = try #require(outcome.count("evidence", "socketsExhausted"))
            #expect(exhausted > 0)
            #expect(outcome.count("evidence", "portsExhausted") == 0)
            let opened = try #require(outcome.count("evidence", "connectionsOpened"))
            #expect(opened > 0)
            #expect(outcome.failures.kind == "connectFailed")
            #expect(outcome.failures.count == exhausted)
            #expect(outcome.failures.example?.contains("Too many open files") == true)
            #expect(outcome.told.contains("found no free file descriptor or memory"))
            let total = try #require(outcome.count("totalRequests"))
            let inFlight = try #require(outcome.count("inFlightAtEnd"))
            let answered = total - exhausted
            #expect(answered > 0)
            #expect((answered...(answered + inFlight)).contains(try await target.requests()))
        }
    }

    // MARK: Ports

    /// A network of its own with 32 ports for connections; the rest of the machine sees none of
    /// it. Needs no rights where users may have namespaces.
    private static let narrowNetwork = """
        ip link set lo up && echo '40000 40031' > /proc/sys/net/ipv4/ip_local_port_range
        """

    private static func inNetworkOfItsOwn(_ script: String) -> String {
        "exec unshare --map-root-user --net sh -c '\(script)' \"$0\" \"$1\""
    }

    /// Whether the machine lets a test have a network: containers often do not.
    private static let hasNamespaces: Bool = {
        let script = inNetworkOfItsOwn(narrowNetwork.replacing("'", with: "\""))
        guard let id = try? spawn(["sh", "-c", script]) else { return false }
        return awaitExit(of: id) == 0
    }()

    @Test(.enabled(if: hasNamespaces, "needs unshare, ip and network namespaces for users"))
    func `users beyond the local ports are counted, the others go on`() async throws {
        let outcome = try await Self.attack(
            Self.inNetworkOfItsOwn(
                """
                \(Self.narrowNetwork.replacing("'", with: "\"")) || exit 1
                "$0" target --port 0 > "$1/target" & target=$!
                until grep -q http "$1/target"; do kill -0 $target && sleep 0.05 || exit 1; done
                "$0" attack $(grep -o "http[^ ]*" "$1/target") -c 64 -d 1s \
                    --output "json=$1/report.json"
                code=$?
                kill $target
                exit $code
                """))
        let exhausted = try #require(outcome.count("evidence", "portsExhausted"))
        #expect(exhausted > 0)
        #expect(outcome.count("evidence", "socketsExhausted") == 0)
        let opened = try #require(outcome.count("evidence", "connectionsOpened"))
        #expect((1...32).contains(opened))
        #expect(outcome.failures.kind == "connectFailed")
        #expect(outcome.failures.count == exhausted)
        #expect(outcome.failures.example?.contains("Cannot assign requested address") == true)
        #expect(outcome.told.contains("found no free local port"))
        let total = try #require(outcome.count("totalRequests"))
        #expect(outcome.count("statusCodes", "200") == total - exhausted)
    }
}
