import LoadEngine

extension GeneratorWarning {
    /// What was seen, and what to do about it.
    func text(for subject: AttackSubject) -> String {
        switch self {
        case .processorBusy(let share):
            let seen = "The generator used \(Int((share * 100).rounded())) % of its "
            let threads = subject.threads == 1 ? "thread" : "\(subject.threads) threads"
            let advice =
                subject.threads < subject.cores
                ? "try --threads \(subject.threads + 1)" : "generate from more or faster cores"
            return seen + threads + ": the target may be faster than this; " + advice + "."
        case .sendsLate(let microseconds):
            let time = Figures.time(microseconds: Double(microseconds))
            return "Requests were sent late although a connection was free (p99 \(time)): the "
                + "generator lacks CPU time; free the machine, or try --threads or --tick exact."
        case .arrivalsDelayed(let count):
            return "\(Figures.count(count)) requests waited for one of "
                + "\(Figures.count(subject.usersMax)) connections: their wait is in the response "
                + "times; raise --users, or take the rate for more than the target can serve."
        case .arrivalsDropped(let count):
            return "\(Figures.count(count)) requests were due and never sent, as all "
                + "\(Figures.count(subject.usersMax)) connections were waiting for answers: raise "
                + "--users, or take the rate for more than the target can serve."
        case .portsExhausted(let count):
            return "\(Figures.count(count)) connections found no free local port: keep "
                + "connections alive, use fewer, or widen net.ipv4.ip_local_port_range."
        case .socketsExhausted(let count):
            return "\(Figures.count(count)) connections found no free file descriptor or memory: "
                + "raise ulimit -n, or use fewer."
        }
    }
}
