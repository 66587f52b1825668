import LoadEngine

extension GeneratorWarning {
    /// What was seen, for the summary of a run.
    var cause: String {
        switch self {
        case .processorBusy(let share):
            "the generating threads used \(Int((share * 100).rounded())) % of their cores"
        case .sendsLate(let microseconds):
            "requests were sent late although a connection was free: 99th percentile "
                + "\(Double(microseconds) / 1000) ms, which is more than a tenth of that of the "
                + "response times"
        case .arrivalsDelayed(let count): "\(count) arrivals waited for a connection"
        case .arrivalsDropped(let count): "\(count) arrivals were not sent"
        case .portsExhausted(let count): "\(count) connections found no free local port"
        case .socketsExhausted(let count):
            "\(count) connections found no free file descriptor or memory"
        }
    }
}
