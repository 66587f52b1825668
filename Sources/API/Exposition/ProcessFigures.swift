import Exposition
import Foundation

/// What the system tells of this process.
enum ProcessFigures {
    static func families() -> [MetricFamily] {
        [
            gauge(
                "swarmkeeper_process_start_time_seconds", "seconds",
                "When the process was started, since 1970.", startTime),
            gauge(
                "swarmkeeper_process_resident_memory_bytes", "bytes", "Memory in use.",
                residentBytes),
            MetricFamily(
                "swarmkeeper_process_cpu_seconds", .counter, unit: "seconds",
                help: "Time of processors used.", [MetricPoint(cpuSeconds)]),
            gauge(
                "swarmkeeper_process_open_fds", nil, "Open files and sockets.", openDescriptors),
            gauge(
                "swarmkeeper_process_max_fds", nil, "Files and sockets that may be open.",
                descriptorsMax),
        ]
    }

    private static func gauge(
        _ name: String, _ unit: String?, _ help: String, _ value: Double?
    ) -> MetricFamily {
        MetricFamily(name, .gauge, unit: unit, help: help, value.map { [MetricPoint($0)] } ?? [])
    }

    /// Field 22 of `/proc/self/stat`, in ticks since the machine's start (proc(5)).
    private static let startTime: Double? = {
        guard let stat = text("/proc/self/stat"), let system = text("/proc/stat"),
            let booted = system.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let seconds = Double(booted.dropFirst(6)),
            // The name before it may have spaces and brackets in it.
            let end = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let ticks = Double(fields[19]) else { return nil }
        return seconds + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }()

    private static var residentBytes: Double? {
        guard let fields = text("/proc/self/statm")?.split(separator: " "), fields.count > 1,
            let pages = Double(fields[1])
        else { return nil }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static var cpuSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static var openDescriptors: Double? {
        // A system without it leaves the figure out.
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map {
            Double($0.count)
        }
    }

    private static var descriptorsMax: Double? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return nil
        }
        return Double(limit.rlim_cur)
    }

    private static func text(_ path: String) -> String? {
        // Likewise.
        (try? Data(contentsOf: URL(fileURLWithPath: path))).map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}
