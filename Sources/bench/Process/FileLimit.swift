import Glibc

/// How many descriptors this process and those that it starts may have open.
enum FileLimit {
    /// Raises it as far as it goes without privileges.
    /// - Returns: the limit from now on.
    @discardableResult
    static func raise() -> Int {
        var limit = rlimit()
        // Neither can fail: the limit exists, and up to the hard one it may be raised.
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
    }
}

extension rusage {
    /// In user mode and in the kernel.
    var cpuSeconds: Double {
        Double(ru_utime.tv_sec + ru_stime.tv_sec)
            + Double(ru_utime.tv_usec + ru_stime.tv_usec) / 1e6
    }
}
