import HTTP

/// Redirects, where they are to be followed.
extension Worker {
    /// Where the response in the observer sends its user; nil to take it as it is.
    func redirectTarget(of index: Int, _ status: Int) -> RedirectTarget? {
        nil
    }

    func follow(
        _ target: RedirectTarget, _ user: Int, from index: Int, _ status: Int, at now: Int64
    ) {}
}

struct RedirectTarget {}
