import LoadEngine

/// How far an attack is on its way to its end.
enum Progress {
    /// 0...1, by whichever end comes first.
    static func share(of moment: Moment, subject: AttackSubject) -> Double {
        let byTime = moment.report.elapsed / max(subject.duration, .nanoseconds(1))
        let byRequests = subject.requestsMax.map { requestsMax in
            Double(moment.total.requests) / Double(max(requestsMax, 1))
        }
        return min(1, max(byTime, byRequests ?? 0, 0))
    }

    /// Time that has passed and that is left.
    ///
    /// - Parameter rate: requests per second, now.
    static func words(
        for moment: Moment, subject: AttackSubject, rate: Double, patience: Patience = .plan
    ) -> String {
        let report = moment.report
        let passed = Figures.clock(report.elapsed)
        if let text = patience.text { return "\(passed), \(text)" }
        guard report.elapsed < subject.duration else {
            let answers = report.inFlight == 1 ? "answer" : "answers"
            return "\(passed), waiting for \(Figures.count(report.inFlight)) last \(answers)"
        }
        var left = subject.duration - report.elapsed
        if let requestsMax = subject.requestsMax, rate > 0 {
            let requests = moment.total.requests
            let rest = Double(requestsMax - min(requests, requestsMax)) / rate
            if rest < left / .seconds(1) { left = .seconds(rest) }
        }
        return "\(passed), \(Figures.clock(left)) left"
    }
}
