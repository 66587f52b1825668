import Foundation
import LoadEngine

/// The engine for a person at a terminal.
enum AttackCommand: Command {
    static let name = "attack"
    static let summary = "Shoot at a URL, a scenario or a list of targets, and measure"
    static let operands = "[URL]"

    static let details = """
        The closed model (--users) has users that each wait for an answer before they ask again: a
        slow target gets fewer requests, and hides how slow it is. The open model (--rate) has
        arrivals at their own times, as from the public: response times count from when a request
        was due, so that every stall shows.

        examples:
        \(examples.map { "  swarmkeeper \($0)" }.joined(separator: "\n"))

        Options can also be given as SWARMKEEPER_USERS=50, SWARMKEEPER_CLOSE=true; of --header and
        --output one per line. Ctrl-C ends the load, waits for what is on its way (--drain) and sums
        up what was measured; a second one waits no longer, a third ends without a summary.

        exit codes:
          0    measured to the planned end; there may be failed requests
          1    could not run: wrong file, unknown host, output not writable
          2    wrong command line
          3    ended by --stop-on-failures, or no request succeeded
          130  ended early by Ctrl-C, 143 by SIGTERM
        """

    /// Arguments of `swarmkeeper` as a shell takes them apart.
    static let examples = [
        "attack http://127.0.0.1:8099/",
        "attack https://shop.example/ -c 50 -d 30s",
        "attack https://shop.example/ -r 1000/s -d 1m --output json=result.json",
        "attack https://shop.example/cart -b @cart.json -H 'Content-Type: application/json'",
        "attack https://shop.example/ --stages 30s:100,1m:100,10s:0 --think-time 1s..3s",
        "attack https://shop.example/ --stages 1m:500/s,5m:500/s --stop-on-failures 5",
        "attack https://test.example/ --scenario checkout.yaml -c 20",
        "attack --targets targets.txt -r 200/s --output csv=seconds.csv --output hdr=all.hgrm",
    ]

    static func run(_ arguments: Arguments, environment: [String: String]) async -> Int32 {
        let options: AttackOptions
        do throws(ArgumentError) {
            options = try AttackOptions(arguments, environment: environment)
        } catch {
            return refuse(error.message)
        }
        do {
            return try await run(options, environment: environment)
        } catch AttackPlan.Failure.wrongLine(let reason) {
            return refuse(reason)
        } catch AttackPlan.Failure.wrongFile(let lines) {
            // Each line begins with its file and place, as editors look for them.
            Console.error("\(lines)\n")
            return 1
        } catch let failure as Attack.Failure {
            return fail(failure.description, code: failure.code)
        } catch {
            return fail("\(error)", code: 1)
        }
    }

    private static func run(_ options: AttackOptions, environment: [String: String]) async throws
        -> Int32
    {
        let ready = try AttackPlan(options)
        let console = AttackConsole(
            isOutputTaken: options.outputs.contains(where: \.isStandardOutput),
            environment: environment)
        let subject = AttackSubject(
            title: ready.title, plan: ready.plan,
            cores: ProcessInfo.processInfo.activeProcessorCount)
        let attack = Attack(options: options, plan: ready.plan, subject: subject, console: console)
        let (result, unwritten) = try await attack.run()
        let summary = AttackSummary(result: result, columns: console.size.columns)
        let isColored = console.isInteractive && options.isColored
        let text = summary.lines.map { $0.rendered(inColor: isColored) + "\n" }.joined()
        var faults = unwritten
        do {
            try console.write(text)
        } catch {
            let reason = (error as? Descriptor.Failure)?.reason ?? "\(error)"
            faults.append("the summary cannot be written: \(reason)")
        }
        guard faults.isEmpty else { return fail(faults.joined(separator: "\n"), code: 1) }
        return exitCode(of: result)
    }

    /// What a shell is told of an attack that has run.
    static func exitCode(of result: AttackResult) -> Int32 {
        if let signal = result.signal { return 128 + signal }
        switch result.report.end {
        case .failed, .leaseExpired, nil: return 1
        case .stopRuleBroken: return 3
        case .durationElapsed, .budgetSpent, .dataUsedUp, .stopped: return result.hasSuccess ? 0 : 3
        }
    }

    private static func fail(_ reason: String, code: Int32) -> Int32 {
        if code == 2 { return refuse(reason) }
        Console.error("swarmkeeper attack: \(reason)\n")
        return code
    }
}
