import Glibc

/// The machine's processors, as `/proc/stat` tells of them.
enum Processors {
    static var count: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// How long `cores`, or all of them, were busy since the machine's start: user, nice, system,
    /// irq, softirq and what the host took.
    static func busySeconds(of cores: [Int]?) -> Double {
        let names = cores?.map { "cpu\($0)" } ?? ["cpu"]
        return busyTicks(TextFile.lines(of: "/proc/stat"), of: names)
            / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    static func busyTicks(_ lines: [String], of names: [String]) -> Double {
        var sum = 0.0
        for line in lines {
            let words = line.split(separator: " ")
            guard words.count > 8, names.contains(String(words[0])) else { continue }
            for column in [1, 2, 3, 6, 7, 8] { sum += Double(words[column]) ?? 0 }
        }
        return sum
    }

    /// Largest part of memory that a process had at once, in KiB. What `wait4` tells is no use
    /// here: it begins with what the parent had.
    static func peakMemory(of id: pid_t) -> Int? {
        let lines = TextFile.lines(of: "/proc/\(id)/status")
        return lines.first { $0.hasPrefix("VmHWM:") }
            .flatMap { $0.split(whereSeparator: \.isWhitespace).dropFirst().first }
            .flatMap { Int($0) }
    }
}
