import Glibc

/// How many connections this process may have open.
package enum DescriptorLimit {
    /// Takes as many descriptors as the system grants without asking anybody. Where that is not
    /// enough, connections fail and are counted.
    package static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 else {
            return
        }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
    }
}
