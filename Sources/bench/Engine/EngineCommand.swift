/// `bench engine`.
enum EngineCommand {
    static func run(_ arguments: [String]) throws {
        let settings = try EngineSettings(arguments)
        ChildProcess.holdSignals()
        FileLimit.raise()
        let tools = try Tools(engine: settings.engine)
        let course = try Course(settings, tools: tools)
        for remark in tools.remarks + course.remarks { Console.output("note: \(remark)\n") }
        Console.output(ResultTable.header)
        for each in Cases.all(with: tools) where settings.wants(each.name) {
            Console.output(ResultTable.lines(for: try rounds(of: each, on: course)))
        }
    }

    /// Every contestant once in each round, the other way round in every second, so that what
    /// changes with time meets all alike.
    private static func rounds(of each: any Case, on course: Course) throws -> CaseResult {
        var rounds: [[String: Run]] = []
        for round in 0..<min(course.settings.rounds, each.roundsMax) {
            let order = round % 2 == 0 ? each.contestants : each.contestants.reversed()
            var runs: [String: Run] = [:]
            for contestant in order {
                runs[contestant.name] = try each.play(contestant, on: course)
            }
            rounds.append(runs)
        }
        return CaseResult(of: each, rounds: rounds)
    }
}
