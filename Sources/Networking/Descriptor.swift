import Glibc

/// An open file descriptor and the duty to close it.
///
/// A descriptor crosses threads as a bare number, `release`d here and owned anew over there.
package struct Descriptor: ~Copyable {
    package let number: Int32

    package init(owning number: Int32) {
        self.number = number
    }

    deinit {
        // Retrying is wrong: Linux has freed the number even where it reports an error.
        close(number)
    }

    /// Gives the duty to close to the caller.
    package consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }
}
