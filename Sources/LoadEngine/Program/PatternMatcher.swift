import CPCRE2

/// What is wrong with a regular expression.
struct PatternError: Error, Equatable {
    /// In bytes from the start of the expression.
    let offset: Int
    let message: String
}

/// A compiled regular expression with the memory for its matches. Owns both.
struct PatternMatcher: ~Copyable {
    /// Steps that a match may take: an expression with nested repetitions would otherwise hold up
    /// all users of a thread. About a millisecond.
    private static let matchLimit: UInt32 = 100_000
    /// Memory of a match without JIT, in KiB.
    private static let heapLimitKibibytes: UInt32 = 1024

    private let code: OpaquePointer
    private let data: OpaquePointer
    private let context: OpaquePointer
    let groupCount: Int

    init(_ text: String) throws(PatternError) {
        let code = try Self.compile(text)
        guard let data = pcre2_match_data_create_from_pattern_8(code, nil),
            let context = pcre2_match_context_create_8(nil)
        else {
            pcre2_code_free_8(code)
            throw PatternError(offset: 0, message: "no memory for a match")
        }
        // Where just-in-time compiling is not allowed, matches are interpreted.
        _ = pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE)
        pcre2_set_match_limit_8(context, Self.matchLimit)
        pcre2_set_heap_limit_8(context, Self.heapLimitKibibytes)
        var count: UInt32 = 0
        _ = pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_CAPTURECOUNT), &count)
        (self.code, self.data, self.context) = (code, data, context)
        groupCount = Int(count)
    }

    deinit {
        pcre2_match_data_free_8(data)
        pcre2_match_context_free_8(context)
        pcre2_code_free_8(code)
    }

    private static func compile(_ text: String) throws(PatternError) -> OpaquePointer {
        let bytes = Array(text.utf8)
        var (error, offset): (Int32, Int) = (0, 0)
        let code = bytes.withUnsafeBufferPointer {
            pcre2_compile_8(
                $0.baseAddress, bytes.count, PCRE2_NEVER_UTF, &error, &offset, nil)
        }
        guard let code else { throw PatternError(offset: offset, message: message(of: error)) }
        return code
    }

    /// Where the group of the first match is.
    mutating func match(_ bytes: [UInt8], group: Int) -> Pattern.Outcome {
        let result = bytes.withUnsafeBufferPointer {
            pcre2_match_8(code, $0.baseAddress, bytes.count, 0, 0, data, context)
        }
        guard result >= 0 else {
            return result == PCRE2_ERROR_NOMATCH ? .none : .gaveUp(Self.message(of: result))
        }
        guard group < result, let places = pcre2_get_ovector_pointer_8(data) else { return .none }
        let (start, end) = (places[2 * group], places[2 * group + 1])
        // A group that took no part is at PCRE2_UNSET, which is -1 as an Int.
        guard start >= 0, start <= end, end <= bytes.count else { return .none }
        return .found(Int(start)..<Int(end))
    }

    private static func message(of code: Int32) -> String {
        var text = [UInt8](repeating: 0, count: 256)
        let count = text.withUnsafeMutableBufferPointer {
            pcre2_get_error_message_8(code, $0.baseAddress, $0.count)
        }
        return String(decoding: text.prefix(Int(max(0, count))), as: UTF8.self)
    }
}
