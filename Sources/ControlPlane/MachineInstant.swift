import Foundation

/// A moment on the clock of one boot of one machine, which nobody can set: what tells how long ago
/// something was, also to another process.
package struct MachineInstant: Equatable, Sendable, Codable {
    /// Which boot; two with different ones cannot be compared.
    package let boot: String
    /// Since that boot, time asleep included.
    package let seconds: Double

    package init(boot: String, seconds: Double) {
        self.boot = boot
        self.seconds = seconds
    }

    package func adding(seconds: Double) -> MachineInstant {
        MachineInstant(boot: boot, seconds: self.seconds + seconds)
    }

    /// The seconds from `earlier` to this; nil across a restart of the machine.
    package func seconds(since earlier: MachineInstant) -> Double? {
        boot == earlier.boot ? seconds - earlier.seconds : nil
    }
}

extension MachineInstant {
    /// On this machine; nil where the system does not tell.
    static var current: MachineInstant? {
        var time = timespec()
        guard !bootID.isEmpty, clock_gettime(CLOCK_BOOTTIME, &time) == 0 else { return nil }
        return MachineInstant(
            boot: bootID, seconds: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9)
    }

    /// See proc(5), `/proc/sys/kernel/random/boot_id`. Without it deadlines go by the calendar.
    private static let bootID =
        (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
        .trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
}
